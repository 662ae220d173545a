// C = A·B for M of a few rows and quantised weights W[N][K]: each block of W is read once, in 16-byte loads, for all M rows.
// WK neighbouring threads walk a row of W together; each holds COLS rows; workgroup memory adds what the WK found.
// Joined behind a-*.wgsl (loadA), ../common/quantised.wgsl, batch-int4.wgsl or batch-int8.wgsl (weightsOf) and
// c-scalars.wgsl; unrolled over ROWS (M), COLS, QUADS (16-byte
// loads a block) and PARTS (fours of weights a word). Constants: M, N, K, ROWS, COLS, QUADS, PARTS, WK (threads along K), WN (threads across rows of W),
// GRID_X, GROUPS. Workgroups: ceil(N / (COLS·WN)), folded.
const THREADS = WK * WN;
const OUTPUTS = ROWS * COLS * WN; // of a workgroup
const ROW_BLOCKS = (K + 31u) / 32u;
@group(0) @binding(2) var<storage, read> quants: array<vec4u>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;
var<workgroup> sums: array<f32, OUTPUTS * WK>; // [row][column][k]

fn scaleOf(block: u32) -> f32 {
  return halfOf(scales[block / 2u], block);
}

// A[row][k..k+3], zero from column K on, where the quants are zero but A's neighbours need not be finite.
fn partOfA(row: u32, k: u32) -> vec4f {
  if (K % 32u != 0u && k >= K) {
    return vec4f();
  }
  return loadA(row, k);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let lane = local % WK;
  let col = group * COLS * WN + local / WK;
  //! for r in 0..ROWS
  //! for v in 0..COLS
  var c$r_$v = 0.0;
  //! end
  //! end
  for (var at = lane; at < ROW_BLOCKS; at += WK) {
    //! for v in 0..COLS
    let block$v = (col + $vu * WN) * ROW_BLOCKS + at;
    let scale$v = scaleOf(block$v);
    //! for q in 0..QUADS
    var w$v_$q = quants[block$v * QUADS + $qu];
    //! end
    //! end
    //! for r in 0..ROWS
    //! for v in 0..COLS
    var s$r_$v = 0.0;
    //! end
    //! end
    //! for q in 0..QUADS
    // Not unrolled over the words: eight times the text, and no faster. Turning the vector keeps every index a literal.
    for (var w = 0u; w < 4u; w++) {
      let k = at * 32u + ($qu * 4u + w) * 4u * PARTS;
      //! for p in 0..PARTS
      {
        //! for v in 0..COLS
        let b$v = weightsOf(w$v_$q.x, $pu);
        //! end
        //! for r in 0..ROWS
        let a$r = partOfA($ru, k + $pu * 4u);
        //! for v in 0..COLS
        s$r_$v += dot(a$r, b$v);
        //! end
        //! end
      }
      //! end
      //! for v in 0..COLS
      w$v_$q = w$v_$q.yzwx;
      //! end
    }
    //! end
    //! for r in 0..ROWS
    //! for v in 0..COLS
    c$r_$v += scale$v * s$r_$v;
    //! end
    //! end
  }
  //! for r in 0..ROWS
  //! for v in 0..COLS
  sums[(($ru * COLS + $vu) * WN + local / WK) * WK + lane] = c$r_$v;
  //! end
  //! end
  workgroupBarrier();
  for (var i = local; i < OUTPUTS; i += THREADS) {
    var sum = 0.0;
    for (var k = 0u; k < WK; k++) {
      sum += sums[i * WK + k];
    }
    let out = group * COLS * WN + i % (COLS * WN);
    if (out < N) {
      c[i / (COLS * WN) * N + out] = sum;
    }
  }
}
