// A known amount of work for checking the clocks: each invocation steps an integer generator STEPS times.
// const STEPS: u32
@group(0) @binding(0) var<storage, read_write> state: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var x = state[id.x];
  for (var i = 0u; i < STEPS; i++) {
    x = x * 1664525u + 1013904223u;
  }
  state[id.x] = x;
}
