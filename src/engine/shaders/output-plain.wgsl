// Stores a product of OUTPUTS rows. Joined behind a bias-*.wgsl. Constants: OUTPUTS, OUT_STRIDE.
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

fn rowsOfFour(four: u32) -> vec4u {
  return 4u * four + vec4u(0u, 1u, 2u, 3u);
}

fn storeFour(four: u32, m: u32, sums: vec4f) {
  for (var i = 0u; i < 4u; i++) {
    let row = 4u * four + i;
    if (row < OUTPUTS) {
      result[m * OUT_STRIDE + row] = sums[i] + biasOf(row);
    }
  }
}
