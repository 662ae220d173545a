// y = g / (1 + exp(−g)) · u: one vec4f a thread, so that a memory request is 16 bytes a lane.
// Constants: COUNT (elements, a multiple of 4), GRID_X, GROUPS. Workgroups: ceil(COUNT / 1024), folded.
@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read> u: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let at = group * 256u + local;
  if (group >= GROUPS || at >= COUNT / 4u) {
    return;
  }
  // exp(80) is finite in f32, and 1/(1 + exp(80)) is already 0 beside any g.
  let gate = g[at];
  y[at] = gate / (1.0 + exp(min(-gate, vec4f(80.0)))) * u[at];
}
