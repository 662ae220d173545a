// B's matrices straight from memory. Joined behind matrix-units.wgsl. Constants: PADDED_N.
@group(0) @binding(2) var<storage, read> b: array<h>;

// B's matrix whose first element is the at-th.
fn loadRight(at: u32) -> Right {
  return subgroupMatrixLoad<Right, row_major>(&b, at, PADDED_N);
}
