// The quants of an int4 block: 8 a word. Joined in front of b-quantised.wgsl.

// Quants i..i+3 of a block as whole numbers; i a multiple of 4.
fn quantsOf(block: u32, i: u32) -> vec4f {
  return vec4f(unpack4xU8((quants[block * 4u + i / 8u] >> (i & 4u)) & 0x0F0F0F0Fu)) - 8.0;
}
