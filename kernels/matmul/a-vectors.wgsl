// Row-major A[M][K] four elements at a time; K is a multiple of 4. Rows past M read some value (WGSL clamps) that must
// reach no element of C. Joined behind elements-*.wgsl. Constants: K.
@group(0) @binding(1) var<storage, read> a: array<Four>;

// A[row][k..k+3]; k < K.
fn loadA(row: u32, k: u32) -> vec4f {
  return fourOf(a[row * (K / 4u) + k / 4u]);
}
