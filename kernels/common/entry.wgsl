// The entry point of kernels whose workgroups each do `work(group, local)`, folded over a grid.
// Constants: THREADS, GRID_X, GROUPS.
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  work(group, local);
}
