// Four weights of an int4 block at a time: two fours a word. Joined in front of batch-quantised.wgsl.

// Quants 4p..4p+3 of the eight in a word.
fn weightsOf(word: u32, p: u32) -> vec4f {
  return vec4f(unpack4xU8((word >> (4u * p)) & 0x0F0F0F0Fu)) - 8.0;
}
