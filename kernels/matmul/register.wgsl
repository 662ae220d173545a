// C = A·B: a tile of C per workgroup, 8 × 8 elements per thread in registers. Slices of A (transposed) and B, BK deep,
// pass through workgroup memory. Joined behind dense-*.wgsl (loadA, loadB, storeC) and tile-order.wgsl (tileOf).
// Constants: M, N, K, WX, WY (threads across and down a tile), BK (slice depth, a multiple of 4), GRID_X, GROUPS.
// The 16 accumulators are named, not an array: a compiler that does not unroll (SwiftShader) keeps an array in memory
// and runs 4 times slower. A thread's 8 rows and columns are two groups of 4, half a tile apart, so that neighbouring
// threads read neighbouring vec4f and no two of them the same bank.
const BM = 8u * WY;
const BN = 8u * WX;
const THREADS = WX * WY;
const ROWS4 = BM / 4u;
const COLS4 = BN / 4u;

var<workgroup> tileA: array<vec4f, BK * ROWS4>; // [k][row / 4]
var<workgroup> tileB: array<vec4f, BK * COLS4>; // [k][col / 4]

// Each thread moves 4 × 4 blocks: 4 reads along K, transposed in registers, 4 writes along M.
fn stageA(row0: u32, k0: u32, local: u32) {
  for (var i = local; i < BK / 4u * ROWS4; i += THREADS) {
    let row = row0 + i % ROWS4 * 4u;
    let k = k0 + i / ROWS4 * 4u;
    var block = mat4x4f();
    if (K % BK == 0u || k < K) {
      block = transpose(mat4x4f(loadA(row, k), loadA(row + 1u, k), loadA(row + 2u, k), loadA(row + 3u, k)));
    }
    let at = i / ROWS4 * 4u * ROWS4 + i % ROWS4;
    tileA[at] = block[0];
    tileA[at + ROWS4] = block[1];
    tileA[at + 2u * ROWS4] = block[2];
    tileA[at + 3u * ROWS4] = block[3];
  }
}

fn stageB(k0: u32, col0: u32, local: u32) {
  for (var i = local; i < BK * COLS4; i += THREADS) {
    let k = k0 + i / COLS4;
    var value = vec4f();
    if (K % BK == 0u || k < K) {
      value = loadB(k, col0 + i % COLS4 * 4u);
    }
    tileB[i] = value;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let tile = tileOf(group) * vec2u(BM, BN);
  let ty = local / WX;
  let tx = local % WX;
  var c00 = vec4f(); var c01 = vec4f();
  var c10 = vec4f(); var c11 = vec4f();
  var c20 = vec4f(); var c21 = vec4f();
  var c30 = vec4f(); var c31 = vec4f();
  var c40 = vec4f(); var c41 = vec4f();
  var c50 = vec4f(); var c51 = vec4f();
  var c60 = vec4f(); var c61 = vec4f();
  var c70 = vec4f(); var c71 = vec4f();
  for (var k0 = 0u; k0 < K; k0 += BK) {
    stageA(tile.x, k0, local);
    stageB(k0, tile.y, local);
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let a0 = tileA[k * ROWS4 + ty];
      let a1 = tileA[k * ROWS4 + ty + WY];
      let b0 = tileB[k * COLS4 + tx];
      let b1 = tileB[k * COLS4 + tx + WX];
      c00 += a0.x * b0; c01 += a0.x * b1;
      c10 += a0.y * b0; c11 += a0.y * b1;
      c20 += a0.z * b0; c21 += a0.z * b1;
      c30 += a0.w * b0; c31 += a0.w * b1;
      c40 += a1.x * b0; c41 += a1.x * b1;
      c50 += a1.y * b0; c51 += a1.y * b1;
      c60 += a1.z * b0; c61 += a1.z * b1;
      c70 += a1.w * b0; c71 += a1.w * b1;
    }
    workgroupBarrier();
  }
  let row = tile.x + 4u * ty;
  let col = tile.y + 4u * tx;
  storeC(row, col, c00);      storeC(row, col + 4u * WX, c01);
  storeC(row + 1u, col, c10); storeC(row + 1u, col + 4u * WX, c11);
  storeC(row + 2u, col, c20); storeC(row + 2u, col + 4u * WX, c21);
  storeC(row + 3u, col, c30); storeC(row + 3u, col + 4u * WX, c31);
  let low = row + 4u * WY;
  storeC(low, col, c40);      storeC(low, col + 4u * WX, c41);
  storeC(low + 1u, col, c50); storeC(low + 1u, col + 4u * WX, c51);
  storeC(low + 2u, col, c60); storeC(low + 2u, col + 4u * WX, c61);
  storeC(low + 3u, col, c70); storeC(low + 3u, col + 4u * WX, c71);
}
