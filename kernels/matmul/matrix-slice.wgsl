// B's matrices from a slice in workgroup memory. Joined behind matrix-units.wgsl.
// Constants: BK, PADDED_N, TILE_COLS, STRIDE (a row of the slice: its columns and 8 more, against bank conflicts), THREADS.
@group(0) @binding(2) var<storage, read> b: array<vec4<h>>;
var<workgroup> slice: array<h, BK * STRIDE>;

// Copies B[k0..k0+BK-1][col0..col0+TILE_COLS-1].
fn stage(k0: u32, col0: u32, local: u32) {
  for (var i = local; i < BK * (TILE_COLS / 4u); i += THREADS) {
    let k = i / (TILE_COLS / 4u);
    let col = i % (TILE_COLS / 4u) * 4u;
    let four = b[((k0 + k) * PADDED_N + col0 + col) / 4u];
    let at = k * STRIDE + col;
    slice[at] = four.x;
    slice[at + 1u] = four.y;
    slice[at + 2u] = four.z;
    slice[at + 3u] = four.w;
  }
}

// The slice's matrix whose first element is the at-th.
fn loadRight(at: u32) -> Right {
  return subgroupMatrixLoad<Right, row_major>(&slice, at, STRIDE);
}
