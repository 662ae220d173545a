// Stores f32 C one element at a time, for any N. Constants: M, N.
@group(0) @binding(0) var<storage, read_write> c: array<f32>;

// C[row][col..col+3] of the slice-th of the matrices that `c` holds (one, unless K is split).
fn storeC(slice: u32, row: u32, col: u32, value: vec4f) {
  if (row < M) {
    let at = (slice * M + row) * N + col;
    for (var i = 0u; i < 4u; i++) {
      if (col + i < N) {
        c[at + i] = value[i];
      }
    }
  }
}
