// The gated activation of a product whose W holds WIDTH rows of gate, then as many of up: a unit takes two of each.
// Joined behind a bias-*.wgsl. Constants: WIDTH, OUT_STRIDE, CLAMPED.
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

fn rowsOfUnit(unit: u32) -> vec4u {
  let first = 2u * unit;
  return vec4u(first, WIDTH + first, first + 1u, WIDTH + first + 1u);
}

fn storeUnit(unit: u32, lane: u32, m: u32, sums: vec4f) {
  if (lane > 0u) {
    return;
  }
  for (var i = 0u; i < 2u; i++) {
    let row = 2u * unit + i;
    if (row < WIDTH) {
      let gate = sums[2u * i] + biasOf(row);
      let up = sums[2u * i + 1u] + biasOf(WIDTH + row);
      result[m * OUT_STRIDE + row] = activate(gate, up);
    }
  }
}

fn activate(gate: f32, up: f32) -> f32 {
  if (CLAMPED) {
    let low = min(gate, 7.0);
    return low / (1.0 + exp(-1.702 * low)) * (clamp(up, -7.0, 7.0) + 1.0);
  }
  return gate / (1.0 + exp(-gate)) * up;
}
