// C = A·B: a BM × BN tile of C per workgroup, 4·ROW_FOURS × 4·COL_FOURS elements per thread in registers. Slices of A
// (transposed) and B, BK deep, pass through workgroup memory.
// Joined behind a-*.wgsl, b-*.wgsl, c-*.wgsl (loadA, loadB, storeC) and tile-order.wgsl (tileOf); unrolled over ROW_FOURS,
// COL_FOURS and LOADS, for one tile (SINGLE) or two (DOUBLE). Constants: M, N, K, WX, WY (threads across and down a tile), ROW_FOURS, COL_FOURS, BK (slice depth, a multiple
// of 4), LOADS (4 × 4 blocks a thread moves a slice), STAGES (1; or 2: a slice is fetched while the one before is used), PAD (0 or 1:
// columns of A's tile one vec4 further apart), SPLITS (slices of K with a C of their own), DEPTH (K of one split,
// a multiple of BK), GRID_X, GROUPS.
// A thread's rows and columns are groups of 4, a tile's share apart, so that neighbouring threads read neighbouring vec4
// and no two of them the same bank.
const ROWS4 = ROW_FOURS * WY; // vec4 down the tile
const COLS4 = COL_FOURS * WX; // vec4 across it
const THREADS = WX * WY;
const STRIDE = ROWS4 + PAD;
const BLOCKS_A = BK / 4u * ROWS4;
const BLOCKS = BLOCKS_A + BK / 4u * COLS4;
const LAG = (STAGES - 1u) * BK; // a slice is used a round after it is fetched
const SLICE_A = BK * STRIDE;
const SLICE_B = BK * COLS4;

var<workgroup> tileA: array<vec4<h>, STAGES * SLICE_A>; // [stage][k][row / 4]
var<workgroup> tileB: array<vec4<h>, STAGES * SLICE_B>; // [stage][k][col / 4]

// Where the i-th block of A lies: (row / 4, k / 4). With PAD neighbouring threads read along K, which suits memory; without,
// down M, which suits the banks they write to.
fn placeA(i: u32) -> vec2u {
  if (PAD == 1u) {
    return vec2u(i / (BK / 4u), i % (BK / 4u));
  }
  return vec2u(i % ROWS4, i / ROWS4);
}

// The i-th 4 × 4 block of a slice: blocks of A first (K down, M across), then blocks of B. Zeros past the end of K.
fn fetch(i: u32, tile: vec2u, k0: u32) -> mat4x4f {
  if (i < BLOCKS_A) {
    let place = placeA(i);
    let row = tile.x + 4u * place.x;
    let k = k0 + 4u * place.y;
    if (K % BK != 0u && k >= K) {
      return mat4x4f();
    }
    return transpose(mat4x4f(loadA(row, k), loadA(row + 1u, k), loadA(row + 2u, k), loadA(row + 3u, k)));
  }
  let j = i - BLOCKS_A;
  let k = k0 + j / COLS4 * 4u;
  if ((BLOCKS % THREADS != 0u && i >= BLOCKS) || (K % BK != 0u && k >= K)) {
    return mat4x4f();
  }
  return loadB(k, tile.y + j % COLS4 * 4u);
}

fn commit(i: u32, stage: u32, block: mat4x4f) {
  if (i < BLOCKS_A) {
    let place = placeA(i);
    let at = stage * SLICE_A + 4u * place.y * STRIDE + place.x;
    tileA[at] = vec4<h>(block[0]);
    tileA[at + STRIDE] = vec4<h>(block[1]);
    tileA[at + 2u * STRIDE] = vec4<h>(block[2]);
    tileA[at + 3u * STRIDE] = vec4<h>(block[3]);
  } else if (BLOCKS % THREADS == 0u || i < BLOCKS) {
    let j = i - BLOCKS_A;
    let at = stage * SLICE_B + j / COLS4 * 4u * COLS4 + j % COLS4;
    tileB[at] = vec4<h>(block[0]);
    tileB[at + COLS4] = vec4<h>(block[1]);
    tileB[at + 2u * COLS4] = vec4<h>(block[2]);
    tileB[at + 3u * COLS4] = vec4<h>(block[3]);
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let split = group % SPLITS;
  let tile = tileOf(group / SPLITS) * vec2u(4u * ROWS4, 4u * COLS4);
  let begin = split * DEPTH;
  let end = min(K, begin + DEPTH);
  let ty = local / WX;
  let tx = local % WX;
  //! for r in 0..ROW_FOURS
  //! for i in 0..4
  //! for v in 0..COL_FOURS
  var c$r_$i_$v = vec4f();
  //! end
  //! end
  //! end
  var stage = 0u;
  for (var k0 = begin; k0 < end + LAG; k0 += BK) {
    //! for l in 0..LOADS
    var next$l = mat4x4f();
    //! end
    if (k0 < end) {
      //! for l in 0..LOADS
      next$l = fetch(local + $lu * THREADS, tile, k0);
      //! end
    }
    //! if SINGLE
    //! for l in 0..LOADS
    commit(local + $lu * THREADS, 0u, next$l);
    //! end
    workgroupBarrier();
    //! end
    if (k0 >= begin + LAG) {
      for (var k = 0u; k < BK; k++) {
        let atA = stage * SLICE_A + k * STRIDE + ty;
        let atB = stage * SLICE_B + k * COLS4 + tx;
        //! for r in 0..ROW_FOURS
        let a$r = vec4f(tileA[atA + $ru * WY]);
        //! end
        //! for v in 0..COL_FOURS
        let b$v = vec4f(tileB[atB + $vu * WX]);
        //! end
        //! for r in 0..ROW_FOURS
        //! for i in 0..4
        //! for v in 0..COL_FOURS
        c$r_$i_$v += a$r[$i] * b$v;
        //! end
        //! end
        //! end
      }
    }
    //! if DOUBLE
    // The stage written now was last read in the round before, on the other side of its barrier.
    stage = 1u - stage;
    if (k0 < end) {
      //! for l in 0..LOADS
      commit(local + $lu * THREADS, stage, next$l);
      //! end
    }
    //! end
    workgroupBarrier();
  }
  let row = tile.x + 4u * ty;
  let col = tile.y + 4u * tx;
  //! for r in 0..ROW_FOURS
  //! for i in 0..4
  //! for v in 0..COL_FOURS
  storeC(split, row + $ru * 4u * WY + $iu, col + $vu * 4u * WX, c$r_$i_$v);
  //! end
  //! end
  //! end
}
