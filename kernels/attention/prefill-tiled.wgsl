// Attention over a whole prompt with online softmax (Dao et al., arXiv 2205.14135): a workgroup of TX × TY threads takes BQ
// queries of one head and walks BK keys at a time, so scores never leave the chip; tiles that no query sees are skipped.
// A thread holds RQ queries × RK keys of scores and RQ queries × 4 columns of each slice of the output in registers.
// q, k and v pass through workgroup memory in slices of SLICE and of 4·TX columns, so any DIM fits.
// Joined behind a cells snippet (storage of q, k, v and out) and score.wgsl.
// Constants: as score.wgsl, GROUP (heads per kv head), DIM and VDIM (multiples of 4), BQ, BK, TX, TY, SLICE (columns of q
// and k a time, a multiple of 4), WIDE (output slices a value tile holds), TILES (ceil(QUERIES / BQ)), GRID_X, GROUPS.
// BQ is a multiple of 4·TY, BK of 4·TX; at most 4·WIDE output slices. Workgroups: HEADS·TILES, folded.
@group(0) @binding(0) var<storage, read> q: array<Stored>; // rows of DIM
@group(0) @binding(1) var<storage, read> k: array<Stored>; // rows of DIM
@group(0) @binding(2) var<storage, read> v: array<Stored>; // rows of VDIM
@group(0) @binding(3) var<storage, read_write> out: array<Stored>; // rows of VDIM

const DIM4 = DIM / 4u;
const VDIM4 = VDIM / 4u;
const THREADS = TX * TY;
const BQ4 = BQ / 4u;
const BK4 = BK / 4u;
const SLICE4 = SLICE / 4u;
const QV = BQ4 / TY; // a thread's queries, in fours: query 4·(ty + i·TY) + 0 … 3
const KV = BK4 / TX; // a thread's keys, in fours: keys tx + i·TX + 0, 1, 2, 3 · BK4
const SPAN = TX * WIDE; // column quads of a value tile
const PARTS = (VDIM4 + SPAN - 1u) / SPAN;
// One more than a row, so that neighbouring threads' rows fall into different banks.
const WEIGHT_ROW = BQ4 + 1u;
const KEYS_AT = SLICE * BQ4;
const VALUES_AT = BK * WEIGHT_ROW;

// First a slice of queries [column][query / 4] and of keys [column][key % BK4], then the weights [key][query / 4] and a
// part of the values [key][column / 4].
var<workgroup> pool: array<vec4f, max(KEYS_AT + SLICE * BK4, VALUES_AT + BK * SPAN)>;
// A value for each of a thread's queries, [query / 4][thread across].
var<workgroup> perThread: array<vec4f, BQ4 * TX>;

alias Outputs = array<vec4f, 4u * QV * WIDE>; // [slice][query]
alias Scores = array<vec4f, 4u * QV * KV>; // [key][query / 4]

// Rows past the last are clamped; columns past DIM are zero.
fn stageQueries(first: u32, query0: u32, slice: u32, local: u32) {
  for (var i = local; i < BQ4 * SLICE4; i += THREADS) {
    let four = i % BQ4;
    let column4 = slice * SLICE4 + i / BQ4;
    var block = mat4x4f();
    if (DIM % SLICE == 0u || column4 < DIM4) {
      for (var j = 0u; j < 4u; j++) {
        let query = min(query0 + 4u * four + j, QUERIES - 1u);
        block[j] = loaded(q[(first + query * QUERY_STRIDE) * DIM4 + column4]);
      }
    }
    block = transpose(block);
    let at = i / BQ4 * 4u * BQ4 + four;
    pool[at] = block[0]; pool[at + BQ4] = block[1]; pool[at + 2u * BQ4] = block[2]; pool[at + 3u * BQ4] = block[3];
  }
}

fn stageKeys(first: u32, key0: u32, slice: u32, local: u32) {
  for (var i = local; i < BK4 * SLICE4; i += THREADS) {
    let four = i % BK4;
    let column4 = slice * SLICE4 + i / BK4;
    var block = mat4x4f();
    if (DIM % SLICE == 0u || column4 < DIM4) {
      for (var j = 0u; j < 4u; j++) {
        let key = min(key0 + four + j * BK4, KEYS - 1u);
        block[j] = loaded(k[(first + key * KEY_STRIDE) * DIM4 + column4]);
      }
    }
    block = transpose(block);
    let at = KEYS_AT + i / BK4 * 4u * BK4 + four;
    pool[at] = block[0]; pool[at + BK4] = block[1]; pool[at + 2u * BK4] = block[2]; pool[at + 3u * BK4] = block[3];
  }
}

// Adds one slice's share to the products.
fn multiplySlice(scores: ptr<function, Scores>, ty: u32, tx: u32) {
  for (var d = 0u; d < SLICE; d++) {
    for (var i = 0u; i < KV; i++) {
      let keys = pool[KEYS_AT + d * BK4 + tx + i * TX];
      for (var j = 0u; j < QV; j++) {
        let queries = pool[d * BQ4 + ty + j * TY];
        scores[(4u * i) * QV + j] += keys.x * queries;
        scores[(4u * i + 1u) * QV + j] += keys.y * queries;
        scores[(4u * i + 2u) * QV + j] += keys.z * queries;
        scores[(4u * i + 3u) * QV + j] += keys.w * queries;
      }
    }
  }
}

// Products into scores. Only tiles at an edge hide keys without a mask.
fn finishScores(scores: ptr<function, Scores>, head: u32, query0: u32, key0: u32, ty: u32, tx: u32) {
  let whole = !MASKED && key0 + BK <= min(KEYS, query0 + OFFSET + 1u);
  for (var i = 0u; i < 4u * KV; i++) {
    let key = key0 + tx + i / 4u * TX + i % 4u * BK4;
    for (var j = 0u; j < QV; j++) {
      let product = scores[i * QV + j];
      if (whole) {
        scores[i * QV + j] = vec4f(scaled(product.x), scaled(product.y), scaled(product.z), scaled(product.w));
      } else {
        // A query past the last is never stored; it stands for the last, so that the mask is read within its bounds.
        let query = min(vec4u(query0 + 4u * (ty + j * TY)) + vec4u(0u, 1u, 2u, 3u), vec4u(QUERIES - 1u));
        scores[i * QV + j] = vec4f(
          scoreOf(product.x, head, query.x, key),
          scoreOf(product.y, head, query.y, key),
          scoreOf(product.z, head, query.z, key),
          scoreOf(product.w, head, query.w, key),
        );
      }
    }
  }
}

fn stageValues(first: u32, key0: u32, part: u32, local: u32) {
  for (var i = local; i < BK * SPAN; i += THREADS) {
    let column4 = part * SPAN + i % SPAN;
    let key = key0 + i / SPAN;
    var value = vec4f();
    if (key < KEYS && (VDIM4 % SPAN == 0u || column4 < VDIM4)) {
      value = loaded(v[(first + key * KEY_STRIDE) * VDIM4 + column4]);
    }
    pool[VALUES_AT + i] = value;
  }
}

// Shrinks what was summed so far and adds Σ weight·value over the tile's keys.
fn mixPart(outputs: ptr<function, Outputs>, shrink: ptr<function, array<vec4f, QV>>, ty: u32, tx: u32) {
  for (var s = 0u; s < WIDE; s++) {
    for (var j = 0u; j < QV; j++) {
      let factor = shrink[j];
      let at = (s * QV + j) * 4u;
      outputs[at] *= factor.x;
      outputs[at + 1u] *= factor.y;
      outputs[at + 2u] *= factor.z;
      outputs[at + 3u] *= factor.w;
    }
  }
  for (var key = 0u; key < BK; key++) {
    for (var s = 0u; s < WIDE; s++) {
      let value = pool[VALUES_AT + key * SPAN + tx + s * TX];
      for (var j = 0u; j < QV; j++) {
        let weight = pool[key * WEIGHT_ROW + ty + j * TY];
        let at = (s * QV + j) * 4u;
        outputs[at] += weight.x * value;
        outputs[at + 1u] += weight.y * value;
        outputs[at + 2u] += weight.z * value;
        outputs[at + 3u] += weight.w * value;
      }
    }
  }
}

fn storePart(
  outputs: ptr<function, Outputs>, scale: ptr<function, array<vec4f, QV>>,
  first: u32, query0: u32, part: u32, ty: u32, tx: u32,
) {
  for (var s = 0u; s < WIDE; s++) {
    let column4 = part * SPAN + s * TX + tx;
    if (column4 >= VDIM4) { continue; }
    for (var i = 0u; i < 4u * QV; i++) {
      let query = query0 + 4u * (ty + i / 4u * TY) + i % 4u;
      if (query < QUERIES) {
        let result = outputs[s * 4u * QV + i] * scale[i / 4u][i % 4u];
        out[(first + query * QUERY_STRIDE) * VDIM4 + column4] = stored(result);
      }
    }
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  // The last tile sees the most keys, so it goes first.
  let head = group % HEADS;
  let query0 = (TILES - 1u - group / HEADS) * BQ;
  let queryRow = firstQuery(head);
  let keyRow = firstKey(head / GROUP);
  let ty = local / TX;
  let tx = local % TX;
  var o0 = Outputs();
  var o1 = Outputs();
  var o2 = Outputs();
  var o3 = Outputs();
  var largest = array<vec4f, QV>();
  var total = array<vec4f, QV>();
  var shrink = array<vec4f, QV>();
  for (var j = 0u; j < QV; j++) {
    largest[j] = vec4f(LOWEST);
  }
  let end = min(KEYS, query0 + BQ + OFFSET);
  for (var key0 = 0u; key0 < end; key0 += BK) {
    var scores = Scores();
    for (var slice = 0u; slice < (DIM + SLICE - 1u) / SLICE; slice++) {
      stageQueries(queryRow, query0, slice, local);
      stageKeys(keyRow, key0, slice, local);
      workgroupBarrier();
      multiplySlice(&scores, ty, tx);
      workgroupBarrier();
    }
    finishScores(&scores, head, query0, key0, ty, tx);
    for (var j = 0u; j < QV; j++) {
      var peak = scores[j];
      for (var i = 1u; i < 4u * KV; i++) {
        peak = max(peak, scores[i * QV + j]);
      }
      perThread[(ty + j * TY) * TX + tx] = peak;
    }
    workgroupBarrier();
    for (var j = 0u; j < QV; j++) {
      var peak = largest[j];
      for (var i = 0u; i < TX; i++) {
        peak = max(peak, perThread[(ty + j * TY) * TX + i]);
      }
      shrink[j] = exp2(largest[j] - peak);
      largest[j] = peak;
      var sum = vec4f();
      for (var i = 0u; i < 4u * KV; i++) {
        let weight = exp2(scores[i * QV + j] - peak);
        pool[(tx + i / 4u * TX + i % 4u * BK4) * WEIGHT_ROW + ty + j * TY] = weight;
        sum += weight;
      }
      total[j] = total[j] * shrink[j] + sum;
    }
    stageValues(keyRow, key0, 0u, local);
    workgroupBarrier();
    mixPart(&o0, &shrink, ty, tx);
    workgroupBarrier();
    if (PARTS > 1u) {
      stageValues(keyRow, key0, 1u, local);
      workgroupBarrier();
      mixPart(&o1, &shrink, ty, tx);
      workgroupBarrier();
    }
    if (PARTS > 2u) {
      stageValues(keyRow, key0, 2u, local);
      workgroupBarrier();
      mixPart(&o2, &shrink, ty, tx);
      workgroupBarrier();
    }
    if (PARTS > 3u) {
      stageValues(keyRow, key0, 3u, local);
      workgroupBarrier();
      mixPart(&o3, &shrink, ty, tx);
      workgroupBarrier();
    }
  }
  for (var j = 0u; j < QV; j++) {
    perThread[(ty + j * TY) * TX + tx] = total[j];
  }
  workgroupBarrier();
  var scale = array<vec4f, QV>();
  for (var j = 0u; j < QV; j++) {
    var sum = vec4f();
    for (var i = 0u; i < TX; i++) {
      sum += perThread[(ty + j * TY) * TX + i];
    }
    // A query whose keys are all hidden by a mask mixes nothing.
    scale[j] = select(1.0 / sum, vec4f(), largest[j] == vec4f(LOWEST));
  }
  storePart(&o0, &scale, queryRow, query0, 0u, ty, tx);
  if (PARTS > 1u) { storePart(&o1, &scale, queryRow, query0, 1u, ty, tx); }
  if (PARTS > 2u) { storePart(&o2, &scale, queryRow, query0, 2u, ty, tx); }
  if (PARTS > 3u) { storePart(&o3, &scale, queryRow, query0, 3u, ty, tx); }
}
