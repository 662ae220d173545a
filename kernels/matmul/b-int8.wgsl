// The quants of an int8 block: 4 a word. Joined in front of b-quantised.wgsl.

// Quants i..i+3 of a block as whole numbers; i a multiple of 4.
fn quantsOf(block: u32, i: u32) -> vec4f {
  return int8Four(quants[block * 8u + i / 4u]);
}
