// A and B are f16, two in a word, for devices without `shader-f16`: the same interface as elements-plain.wgsl.
alias h = f32; // what passes through workgroup memory
alias One = u32;
alias Four = vec2u;
const PER_ONE = 2u;

// The i-th element of an array, from the word that holds it.
fn oneOf(stored: One, i: u32) -> f32 {
  return unpack2x16float(stored)[i & 1u];
}

fn fourOf(stored: Four) -> vec4f {
  return vec4f(unpack2x16float(stored.x), unpack2x16float(stored.y));
}
