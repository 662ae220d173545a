// Row-major B[K][N] one element at a time, for any N. Joined behind elements-*.wgsl. Constants: N, K.
@group(0) @binding(2) var<storage, read> b: array<One>;

// B[k][col], zero from row K on. A column past N reads the next row, and must reach no element of C.
fn elementB(k: u32, col: u32) -> f32 {
  let at = k * N + col;
  return select(0.0, oneOf(b[at / PER_ONE], at), k < K);
}

fn rowB(k: u32, col: u32) -> vec4f {
  return vec4f(elementB(k, col), elementB(k, col + 1u), elementB(k, col + 2u), elementB(k, col + 3u));
}

// B[k..k+3][col..col+3], a row in each column of the matrix.
fn loadB(k: u32, col: u32) -> mat4x4f {
  return mat4x4f(rowB(k, col), rowB(k + 1u, col), rowB(k + 2u, col), rowB(k + 3u, col));
}
