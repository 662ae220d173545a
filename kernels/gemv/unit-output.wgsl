// Stores a product of OUTPUTS rows of W as it is. Constants: OUTPUTS, AFTER (bindings that W takes).
@group(0) @binding(AFTER + 1u) var<storage, read_write> y: array<f32>;

fn rowsOfFour(four: u32) -> vec4u {
  return 4u * four + vec4u(0u, 1u, 2u, 3u);
}

fn storeFour(four: u32, m: u32, sums: vec4f) {
  for (var i = 0u; i < 4u && 4u * four + i < OUTPUTS; i++) {
    y[m * OUTPUTS + 4u * four + i] = sums[i];
  }
}
