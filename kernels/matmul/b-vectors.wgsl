// Row-major B[K][N] four elements at a time; N is a multiple of 4. Columns past N read some value (WGSL clamps) that must
// reach no element of C. Joined behind elements-*.wgsl. Constants: N, K.
@group(0) @binding(2) var<storage, read> b: array<Four>;

// The `at`-th four of B, zero from row K on.
fn fourB(k: u32, at: u32) -> vec4f {
  if (K % 4u != 0u && k >= K) {
    return vec4f();
  }
  return fourOf(b[at]);
}

// B[k..k+3][col..col+3], a row in each column of the matrix; k < K.
fn loadB(k: u32, col: u32) -> mat4x4f {
  let at = k * (N / 4u) + col / 4u;
  return mat4x4f(
    fourB(k, at),
    fourB(k + 1u, at + N / 4u),
    fourB(k + 2u, at + 2u * (N / 4u)),
    fourB(k + 3u, at + 3u * (N / 4u)),
  );
}
