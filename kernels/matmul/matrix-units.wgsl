// What matrix.wgsl asks of the matrix units. Joined in front of it, behind aliases `h` (A and B) and `Sum` (C). The tests join a
// version in plain arithmetic, so that the index logic runs on devices without such units.
// Constants: MM, MN, MK, PADDED_K, PADDED_N.
@group(0) @binding(0) var<storage, read_write> c: array<Sum>;
@group(0) @binding(1) var<storage, read> a: array<h>;
alias Left = subgroup_matrix_left<h, MK, MM>;
alias Right = subgroup_matrix_right<h, MN, MK>;
alias Result = subgroup_matrix_result<Sum, MN, MM>;

// A's matrix whose first element is the at-th.
fn loadLeft(at: u32) -> Left {
  return subgroupMatrixLoad<Left, row_major>(&a, at, PADDED_K);
}

fn multiplyAdd(x: Left, y: Right, sum: Result) -> Result {
  return subgroupMatrixMultiplyAccumulate(x, y, sum);
}

fn storeResult(at: u32, value: Result) {
  subgroupMatrixStore<row_major>(&c, at, value, PADDED_N);
}
