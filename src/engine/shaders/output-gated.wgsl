// The gated activation of a product whose W holds WIDTH rows of gate, then as many of up: a four is two of each.
// Joined behind a bias-*.wgsl and activate.wgsl. Constants: WIDTH, OUT_STRIDE.
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

fn rowsOfFour(four: u32) -> vec4u {
  let first = 2u * four;
  return vec4u(first, WIDTH + first, first + 1u, WIDTH + first + 1u);
}

fn storeFour(four: u32, m: u32, sums: vec4f) {
  for (var i = 0u; i < 2u; i++) {
    let row = 2u * four + i;
    if (row < WIDTH) {
      let gate = sums[2u * i] + biasOf(row);
      let up = sums[2u * i + 1u] + biasOf(WIDTH + row);
      result[m * OUT_STRIDE + row] = activate(gate, up);
    }
  }
}
