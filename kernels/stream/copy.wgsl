// Copies `source` to `destination`, vec4f by vec4f.
// Constants: VECTORS (length in vec4f), PER_THREAD (vec4f a thread copies), GRID_X, GROUPS. Same order as read.wgsl.
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> destination: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  for (var i = 0u; i < PER_THREAD; i++) {
    let at = (group * PER_THREAD + i) * 256u + local;
    if (VECTORS % (256u * PER_THREAD) == 0u || at < VECTORS) {
      destination[at] = source[at];
    }
  }
}
