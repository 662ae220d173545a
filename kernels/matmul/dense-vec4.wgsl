// Access to row-major A[M][K], B[K][N], C[M][N] as vec4f; needs K and N to be multiples of 4.
// Joined in front of a matmul kernel. Rows and columns past the edge read some value (WGSL clamps) that is never stored.
// Constants: M, N, K.
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

// A[row][k..k+3]; k < K.
fn loadA(row: u32, k: u32) -> vec4f {
  return a[row * (K / 4u) + k / 4u];
}

// B[k][col..col+3].
fn loadB(k: u32, col: u32) -> vec4f {
  return b[k * (N / 4u) + col / 4u];
}

fn storeC(row: u32, col: u32, value: vec4f) {
  if (row < M && col < N) {
    c[row * (N / 4u) + col / 4u] = value;
  }
}
