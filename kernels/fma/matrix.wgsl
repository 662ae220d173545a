// Chains of C ← A·B + C on the matrix units: CHAINS accumulators a subgroup, none waiting for another, one working subgroup a
// workgroup. Joined behind `alias Sum` (the accumulators' type); unrolled over CHAINS.
// Constants: STEPS, CHAINS, MM, MN, MK (a matrix's rows, columns and depth), THREADS (the largest subgroup), GRID_X, GROUPS.
@group(0) @binding(0) var<storage, read> start: array<f16>; // A[MM][MK], then B[MK][MN]
@group(0) @binding(1) var<storage, read_write> result: array<Sum>; // CHAINS matrices a workgroup

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(subgroup_id) subgroup: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS || subgroup > 0u) {
    return;
  }
  let a = subgroupMatrixLoad<subgroup_matrix_left<f16, MK, MM>, row_major>(&start, 0u, MK);
  let b = subgroupMatrixLoad<subgroup_matrix_right<f16, MN, MK>, row_major>(&start, MM * MK, MN);
  //! for c in 0..CHAINS
  var x$c = subgroup_matrix_result<Sum, MN, MM>();
  //! end
  for (var i = 0u; i < STEPS; i++) {
    //! for c in 0..CHAINS
    x$c = subgroupMatrixMultiplyAccumulate(a, b, x$c);
    //! end
  }
  //! for c in 0..CHAINS
  subgroupMatrixStore<row_major>(&result, (group * CHAINS + $cu) * MM * MN, x$c, MN);
  //! end
}
