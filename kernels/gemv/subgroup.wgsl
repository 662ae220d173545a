// y = W·x: a workgroup reads four rows together; each subgroup adds its lanes' shares without workgroup memory, then one
// thread adds the subgroups'. Joined behind access-*.wgsl and row-sums.wgsl (shareOfRows, storeRows).
// Constants: N, K, THREADS, GRID_X, GROUPS. Workgroups: ceil(N / 4), folded. Needs `subgroups`, any size from 4 up.
// Lanes of a subgroup have neighbouring indices in a one-dimensional workgroup on every backend; WGSL does not promise it.
var<workgroup> partial: array<vec4f, THREADS / 4u>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_size) lanes: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let row = group * 4u;
  let sums = subgroupAdd(shareOfRows(row, local));
  if (lane == 0u) {
    partial[local / lanes] = sums;
  }
  workgroupBarrier();
  if (local == 0u) {
    var total = vec4f();
    for (var i = 0u; i < (THREADS + lanes - 1u) / lanes; i++) {
      total += partial[i];
    }
    storeRows(row, total);
  }
}
