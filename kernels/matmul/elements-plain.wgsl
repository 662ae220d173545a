// How elements of type `h` lie in a buffer: as themselves. Joined behind elements-f32.wgsl or elements-f16.wgsl.
alias One = h;
alias Four = vec4<h>;
const PER_ONE = 1u;

fn oneOf(stored: One, i: u32) -> f32 {
  return f32(stored);
}

fn fourOf(stored: Four) -> vec4f {
  return vec4f(stored);
}
