// Reads `source` once and writes one partial sum per thread, so that no load can be dropped.
// Constants: VECTORS (length of source in vec4f), PER_THREAD (vec4f a thread reads), GRID_X, GROUPS.
// Workgroup g covers 256·PER_THREAD consecutive vec4f; in each step its 256 threads read neighbouring ones.
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  var sum = vec4f();
  for (var i = 0u; i < PER_THREAD; i++) {
    let at = (group * PER_THREAD + i) * 256u + local;
    if (VECTORS % (256u * PER_THREAD) == 0u || at < VECTORS) {
      sum += source[at];
    }
  }
  sums[group * 256u + local] = sum.x + sum.y + sum.z + sum.w;
}
