// Stores f32 C four elements at a time; N is a multiple of 4. Constants: M, N.
@group(0) @binding(0) var<storage, read_write> c: array<vec4f>;

// C[row][col..col+3] of the slice-th of the matrices that `c` holds (one, unless K is split).
fn storeC(slice: u32, row: u32, col: u32, value: vec4f) {
  if (row < M && col < N) {
    c[(slice * M + row) * (N / 4u) + col / 4u] = value;
  }
}
