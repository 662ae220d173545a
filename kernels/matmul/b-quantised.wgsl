// B as quantised weights W[N][K] (src/core/quantised.ts: B[k][col] is W[col][k]), dequantised to f32 on the way in.
// Joined behind ../common/quantised.wgsl and b-int4.wgsl or b-int8.wgsl. Padding quants are zero, so no k needs a guard.
// Constants: K.
const ROW_BLOCKS = (K + 31u) / 32u; // per row of W
@group(0) @binding(2) var<storage, read> quants: array<u32>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

// W[row][k..k+3]; k a multiple of 4, less than 32·ROW_BLOCKS.
fn loadW(row: u32, k: u32) -> vec4f {
  let block = row * ROW_BLOCKS + k / 32u;
  return halfOf(scales[block / 2u], block) * quantsOf(block, k % 32u);
}

fn elementB(k: u32, col: u32) -> f32 {
  return loadW(col, k & ~3u)[k % 4u];
}

// B[k..k+3][col..col+3], a row in each column of the matrix; rows of W past N read some value that must reach no element of C.
fn loadB(k: u32, col: u32) -> mat4x4f {
  return transpose(mat4x4f(loadW(col, k), loadW(col + 1u, k), loadW(col + 2u, k), loadW(col + 3u, k)));
}
