// Unpacks the blocks of src/core/quantised.ts: 32 weights along k with one scale. Joined in front of a kernel.

// The i-th f16 of an array packed two in a word.
fn halfOf(word: u32, i: u32) -> f32 {
  return unpack2x16float(word)[i & 1u];
}

// Elements 8w … 8w+3 of an int4 block, as whole numbers, from its w-th word.
fn int4Low(word: u32) -> vec4f {
  return vec4f(unpack4xU8(word & 0x0F0F0F0Fu)) - 8.0;
}

// Elements 8w+4 … 8w+7.
fn int4High(word: u32) -> vec4f {
  return vec4f(unpack4xU8((word >> 4u) & 0x0F0F0F0Fu)) - 8.0;
}

// Elements 4w … 4w+3 of an int8 block from its w-th word.
fn int8Four(word: u32) -> vec4f {
  return vec4f(unpack4xI8(word));
}
