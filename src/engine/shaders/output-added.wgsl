// Adds a product of ROWS rows to the residual stream. Joined behind a bias-*.wgsl. Constants: ROWS, OUT_STRIDE.
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

fn rowsOfUnit(unit: u32) -> vec4u {
  return 4u * unit + vec4u(0u, 1u, 2u, 3u);
}

fn storeUnit(unit: u32, lane: u32, m: u32, sums: vec4f) {
  if (lane > 0u) {
    return;
  }
  for (var i = 0u; i < 4u; i++) {
    let row = 4u * unit + i;
    if (row < ROWS) {
      result[m * OUT_STRIDE + row] += sums[i] + biasOf(row);
    }
  }
}
