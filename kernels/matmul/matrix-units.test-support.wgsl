// matrix-units.wgsl, matrix-right.wgsl and matrix-slice.wgsl in plain arithmetic, for devices without matrix units: every lane of a
// subgroup holds the whole matrices and does the same. The same loads, offsets and strides.
@group(0) @binding(0) var<storage, read_write> c: array<Sum>;
@group(0) @binding(1) var<storage, read> a: array<h>;
alias Left = array<h, MM * MK>;
alias Right = array<h, MK * MN>;
alias Result = array<Sum, MM * MN>;

fn loadLeft(at: u32) -> Left {
  var matrix = Left();
  for (var i = 0u; i < MM * MK; i++) {
    matrix[i] = a[at + i / MK * PADDED_K + i % MK];
  }
  return matrix;
}

fn multiplyAdd(x: Left, y: Right, sum: Result) -> Result {
  var left = x;
  var right = y;
  var matrix = sum;
  for (var i = 0u; i < MM * MN; i++) {
    for (var k = 0u; k < MK; k++) {
      matrix[i] += left[i / MN * MK + k] * right[k * MN + i % MN];
    }
  }
  return matrix;
}

fn storeResult(at: u32, value: Result) {
  var matrix = value;
  for (var i = 0u; i < MM * MN; i++) {
    c[at + i / MN * PADDED_N + i % MN] = matrix[i];
  }
}
