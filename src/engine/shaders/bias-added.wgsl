// A product with a bias a row of W.
@group(0) @binding(4) var<storage, read> biases: array<f32>;

fn biasOf(row: u32) -> f32 {
  return biases[row];
}
