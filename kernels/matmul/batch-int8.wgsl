// Four weights of an int8 block at a time: one four a word. Joined in front of batch-quantised.wgsl.

// The quants of a word; p is 0.
fn weightsOf(word: u32, p: u32) -> vec4f {
  return vec4f(unpack4xI8(word));
}
