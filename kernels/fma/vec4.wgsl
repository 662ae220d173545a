// Chains of x ← x·scale + shift that live in registers: four vec4f a thread, so 16 chains that do not wait for each other.
// Constants: STEPS (multiply-adds per chain, a multiple of 8), GRID_X, GROUPS. Workgroups: threads / 256, folded.
// Written a·b + c, which drivers contract to one fused operation; SwiftShader's fma() is a slow library call.
@group(0) @binding(0) var<storage, read> start: array<vec4f>; // 4 per thread
@group(0) @binding(1) var<storage, read> factors: array<f32>; // scale, shift: read, so that no compiler can fold them
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let scale = vec4f(factors[0]);
  let shift = vec4f(factors[1]);
  let at = group * 1024u + local;
  var x0 = start[at];
  var x1 = start[at + 256u];
  var x2 = start[at + 512u];
  var x3 = start[at + 768u];
  for (var i = 0u; i < STEPS; i += 8u) {
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
    x0 = x0 * scale + shift; x1 = x1 * scale + shift; x2 = x2 * scale + shift; x3 = x3 * scale + shift;
  }
  result[at] = x0;
  result[at + 256u] = x1;
  result[at + 512u] = x2;
  result[at + 768u] = x3;
}
