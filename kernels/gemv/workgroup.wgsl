// y = W·x: a workgroup reads four rows together and adds its threads' shares in workgroup memory.
// Joined behind access-*.wgsl, row-sums.wgsl (shareOfRows, storeRows) and common/reduce.wgsl (workgroupSum4).
// Constants: N, K, THREADS, GRID_X, GROUPS. Workgroups: ceil(N / 4), folded.
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let row = group * 4u;
  let sums = workgroupSum4(local, shareOfRows(row, local));
  if (local == 0u) {
    storeRows(row, sums);
  }
}
