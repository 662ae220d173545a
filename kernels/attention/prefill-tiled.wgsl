// Causal attention over a whole prompt with online softmax (Dao et al., arXiv 2205.14135): a workgroup of 8 × 8 threads
// takes 32 queries of one head and walks 32 keys at a time, so scores never leave the chip. A thread holds 4 queries ×
// 4 keys of scores and 4 queries × DIM/8 elements of output in registers. q, k and v pass through workgroup memory
// in slices of 32 columns, so any DIM needs the same 13 KiB.
// Constants: SEQ, DIM (a multiple of 4, at most 128), HEADS, GROUP (heads per kv head), SCALE (f32, log2(e)/√DIM),
// TILES (ceil(SEQ / 32)), GRID_X, GROUPS. Workgroups: HEADS·TILES, folded.
@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [head][position][DIM]
@group(0) @binding(1) var<storage, read> k: array<vec4f>; // [kv head][position][DIM]
@group(0) @binding(2) var<storage, read> v: array<vec4f>; // [kv head][position][DIM]
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>; // [head][position][DIM]

const LOWEST = -0x1.fffffep+127f;
const DIM4 = DIM / 4u;
const SLICES = (DIM + 31u) / 32u;

var<workgroup> queries: array<vec4f, 32 * 8>; // [column][query / 4]
var<workgroup> keys: array<vec4f, 32 * 8>; // [column][key / 4]; for the second product, v's [key][column / 4]
var<workgroup> weights: array<vec4f, 32 * 8>; // [key][query / 4]
var<workgroup> perThread: array<vec4f, 64>; // one value for each of a thread's queries, [query / 4][thread across]

// Each thread moves one 4 × 4 block of q and one of k, transposed in registers. Rows past SEQ belong to another head or
// are clamped: such queries are not stored and such keys are masked. Columns past DIM are zero.
fn stageQueriesAndKeys(query0: u32, key0: u32, slice: u32, local: u32) {
  let row = local % 8u * 4u;
  let column4 = slice * 8u + local / 8u;
  var blockQ = mat4x4f();
  var blockK = mat4x4f();
  if (DIM % 32u == 0u || column4 < DIM4) {
    let atQ = (query0 + row) * DIM4 + column4;
    let atK = (key0 + row) * DIM4 + column4;
    blockQ = transpose(mat4x4f(q[atQ], q[atQ + DIM4], q[atQ + 2u * DIM4], q[atQ + 3u * DIM4])) * SCALE;
    blockK = transpose(mat4x4f(k[atK], k[atK + DIM4], k[atK + 2u * DIM4], k[atK + 3u * DIM4]));
  }
  let at = local / 8u * 32u + local % 8u;
  queries[at] = blockQ[0]; queries[at + 8u] = blockQ[1]; queries[at + 16u] = blockQ[2]; queries[at + 24u] = blockQ[3];
  keys[at] = blockK[0]; keys[at + 8u] = blockK[1]; keys[at + 16u] = blockK[2]; keys[at + 24u] = blockK[3];
}

// Adds one slice's share to the scores: column j is key 4·tx + j, row i query 4·ty + i.
fn scoreSlice(scores: mat4x4f, ty: u32, tx: u32) -> mat4x4f {
  var s0 = scores[0];
  var s1 = scores[1];
  var s2 = scores[2];
  var s3 = scores[3];
  for (var d = 0u; d < 32u; d++) {
    let query = queries[d * 8u + ty];
    let key = keys[d * 8u + tx];
    s0 += key.x * query;
    s1 += key.y * query;
    s2 += key.z * query;
    s3 += key.w * query;
  }
  return mat4x4f(s0, s1, s2, s3);
}

// Σ over the tile's 32 keys of weight · v, for a slice's columns: column i of the result is query 4·ty + i.
fn mixSlice(value0: u32, keyCount: u32, slice: u32, local: u32) -> mat4x4f {
  for (var i = local; i < 256u; i += 64u) {
    let column4 = slice * 8u + i % 8u;
    var value = vec4f();
    if (i / 8u < keyCount && (DIM % 32u == 0u || column4 < DIM4)) {
      value = v[(value0 + i / 8u) * DIM4 + column4];
    }
    keys[i] = value;
  }
  workgroupBarrier();
  var o0 = vec4f();
  var o1 = vec4f();
  var o2 = vec4f();
  var o3 = vec4f();
  for (var key = 0u; key < 32u; key++) {
    let weight = weights[key * 8u + local / 8u];
    let value = keys[key * 8u + local % 8u];
    o0 += weight.x * value;
    o1 += weight.y * value;
    o2 += weight.z * value;
    o3 += weight.w * value;
  }
  workgroupBarrier();
  return mat4x4f(o0, o1, o2, o3);
}

// Column i of `m` times factor[i].
fn scaled(m: mat4x4f, factor: vec4f) -> mat4x4f {
  return mat4x4f(m[0] * factor.x, m[1] * factor.y, m[2] * factor.z, m[3] * factor.w);
}

fn storeSlice(head: u32, query0: u32, column4: u32, m: mat4x4f) {
  if (column4 < DIM4) {
    let at = (head * SEQ + query0) * DIM4 + column4;
    if (query0 < SEQ) { out[at] = m[0]; }
    if (query0 + 1u < SEQ) { out[at + DIM4] = m[1]; }
    if (query0 + 2u < SEQ) { out[at + 2u * DIM4] = m[2]; }
    if (query0 + 3u < SEQ) { out[at + 3u * DIM4] = m[3]; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  // The last tile sees the most keys, so it goes first.
  let head = group % HEADS;
  let query0 = (TILES - 1u - group / HEADS) * 32u;
  let kvRow0 = head / GROUP * SEQ;
  let ty = local / 8u;
  let tx = local % 8u;
  let myQueries = vec4u(4u * ty) + vec4u(0u, 1u, 2u, 3u);
  var o0 = mat4x4f();
  var o1 = mat4x4f();
  var o2 = mat4x4f();
  var o3 = mat4x4f();
  var largest = vec4f(LOWEST);
  var total = vec4f();
  for (var key0 = 0u; key0 <= query0; key0 += 32u) {
    var scores = mat4x4f();
    for (var slice = 0u; slice < SLICES; slice++) {
      stageQueriesAndKeys(head * SEQ + query0, kvRow0 + key0, slice, local);
      workgroupBarrier();
      scores = scoreSlice(scores, ty, tx);
      workgroupBarrier();
    }
    if (key0 == query0) {
      let hidden = vec4f(LOWEST);
      scores = mat4x4f(
        select(hidden, scores[0], myQueries >= vec4u(4u * tx)),
        select(hidden, scores[1], myQueries >= vec4u(4u * tx + 1u)),
        select(hidden, scores[2], myQueries >= vec4u(4u * tx + 2u)),
        select(hidden, scores[3], myQueries >= vec4u(4u * tx + 3u)),
      );
    }
    perThread[local] = max(max(scores[0], scores[1]), max(scores[2], scores[3]));
    workgroupBarrier();
    var newLargest = largest;
    for (var i = 0u; i < 8u; i++) {
      newLargest = max(newLargest, perThread[ty * 8u + i]);
    }
    let w0 = exp2(scores[0] - newLargest);
    let w1 = exp2(scores[1] - newLargest);
    let w2 = exp2(scores[2] - newLargest);
    let w3 = exp2(scores[3] - newLargest);
    let at = tx * 32u + ty;
    weights[at] = w0; weights[at + 8u] = w1; weights[at + 16u] = w2; weights[at + 24u] = w3;
    let shrink = exp2(largest - newLargest);
    largest = newLargest;
    total = total * shrink + (w0 + w1) + (w2 + w3);
    let keyCount = SEQ - key0;
    o0 = scaled(o0, shrink) + mixSlice(kvRow0 + key0, keyCount, 0u, local);
    if (SLICES > 1u) { o1 = scaled(o1, shrink) + mixSlice(kvRow0 + key0, keyCount, 1u, local); }
    if (SLICES > 2u) { o2 = scaled(o2, shrink) + mixSlice(kvRow0 + key0, keyCount, 2u, local); }
    if (SLICES > 3u) { o3 = scaled(o3, shrink) + mixSlice(kvRow0 + key0, keyCount, 3u, local); }
  }
  perThread[local] = total;
  workgroupBarrier();
  var sum = vec4f();
  for (var i = 0u; i < 8u; i++) {
    sum += perThread[ty * 8u + i];
  }
  let first = query0 + 4u * ty;
  storeSlice(head, first, tx, scaled(o0, 1.0 / sum));
  if (SLICES > 1u) { storeSlice(head, first, 8u + tx, scaled(o1, 1.0 / sum)); }
  if (SLICES > 2u) { storeSlice(head, first, 16u + tx, scaled(o2, 1.0 / sum)); }
  if (SLICES > 3u) { storeSlice(head, first, 24u + tx, scaled(o3, 1.0 / sum)); }
}
