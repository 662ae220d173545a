// Row-major A[M][K] one element at a time, for any K. Joined behind elements-*.wgsl. Constants: K.
@group(0) @binding(1) var<storage, read> a: array<One>;

// A[row][k], zero from column K on: those elements belong to the next row.
fn elementA(row: u32, k: u32) -> f32 {
  let at = row * K + k;
  return select(0.0, oneOf(a[at / PER_ONE], at), k < K);
}

// A[row][k..k+3].
fn loadA(row: u32, k: u32) -> vec4f {
  return vec4f(elementA(row, k), elementA(row, k + 1u), elementA(row, k + 2u), elementA(row, k + 3u));
}
