// y = g / (1 + exp(−g)) · u: one thread an element.
// Constants: COUNT, GRID_X, GROUPS. Workgroups: ceil(COUNT / 256), folded.
@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read> u: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let at = group * 256u + local;
  if (group >= GROUPS || at >= COUNT) {
    return;
  }
  // exp(80) is finite in f32, and 1/(1 + exp(80)) is already 0 beside any g.
  y[at] = g[at] / (1.0 + exp(min(-g[at], 80.0))) * u[at];
}
