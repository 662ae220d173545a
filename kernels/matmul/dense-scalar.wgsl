// Access to row-major A[M][K], B[K][N], C[M][N] one f32 at a time, for K or N that are not multiples of 4.
// Joined in front of a matmul kernel; the same functions as dense-vec4.wgsl.
// Constants: M, N, K.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

// A[row][k..k+3], zero from column K on: those elements belong to the next row.
fn loadA(row: u32, k: u32) -> vec4f {
  let at = row * K + k;
  return vec4f(
    a[at],
    select(0.0, a[at + 1u], k + 1u < K),
    select(0.0, a[at + 2u], k + 2u < K),
    select(0.0, a[at + 3u], k + 3u < K),
  );
}

// B[k][col..col+3], zero from row K on; columns past N read the next row, and are never stored.
fn loadB(k: u32, col: u32) -> vec4f {
  if (k >= K) {
    return vec4f();
  }
  let at = k * N + col;
  return vec4f(b[at], b[at + 1u], b[at + 2u], b[at + 3u]);
}

fn storeC(row: u32, col: u32, value: vec4f) {
  if (row < M) {
    let at = row * N + col;
    for (var i = 0u; i < 4u; i++) {
      if (col + i < N) {
        c[at + i] = value[i];
      }
    }
  }
}
