// Attention of one new token over a cache, step 1 of 2: a workgroup takes one kv head and SPLIT of its keys, for all
// GROUP heads that share them, so that the cache is read once. Online softmax over tiles of TILE keys; leaves an
// unnormalised output, its maximum and its sum for decode-merge.wgsl.
// Constants: CTX, DIM (a multiple of 4, at most 128), GROUP (heads per kv head), SCALE (f32, log2(e)/√DIM), SPLIT (keys
// per workgroup, a multiple of TILE), SPLITS, TILE, GRID_X, GROUPS. Workgroups: kv heads · SPLITS, folded.
@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [head][DIM]
@group(0) @binding(1) var<storage, read> k: array<vec4f>; // [kv head][position][DIM]
@group(0) @binding(2) var<storage, read> v: array<vec4f>; // [kv head][position][DIM]
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>; // [head][split][DIM]
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>; // [head][split]: maximum, sum

const LOWEST = -0x1.fffffep+127f;
const THREADS = 64u;
const DIM4 = DIM / 4u;
// Threads share the second product by columns and, where there are fewer columns than threads, by every LANES-th key.
const LANES = min(THREADS / DIM4, TILE);
const STRIDE = DIM4 + 1u; // one more than a row, so that neighbouring keys fall into different banks

var<workgroup> queries: array<vec4f, GROUP * DIM4>;
var<workgroup> keys: array<vec4f, TILE * STRIDE>;
var<workgroup> weights: array<f32, GROUP * TILE>; // scores first
var<workgroup> largest: array<f32, GROUP>;
var<workgroup> shrink: array<f32, GROUP>;
var<workgroup> total: array<f32, GROUP>;
var<workgroup> shares: array<vec4f, THREADS>;

fn stageKeys(row0: u32, count: u32, local: u32) {
  for (var i = local; i < TILE * DIM4; i += THREADS) {
    var value = vec4f();
    if (i / DIM4 < count) {
      value = k[row0 * DIM4 + i];
    }
    keys[i / DIM4 * STRIDE + i % DIM4] = value;
  }
}

fn scoreTile(count: u32, local: u32) {
  for (var i = local; i < GROUP * TILE; i += THREADS) {
    let atQuery = i / TILE * DIM4;
    let atKey = i % TILE * STRIDE;
    var sum = vec4f();
    for (var d = 0u; d < DIM4; d++) {
      sum += queries[atQuery + d] * keys[atKey + d];
    }
    weights[i] = select(LOWEST, sum.x + sum.y + sum.z + sum.w, i % TILE < count);
  }
}

// One thread a head: the running maximum, and by how much what was summed so far shrinks.
fn updateLargest(local: u32) {
  if (local < GROUP) {
    let before = largest[local];
    var now = before;
    for (var i = 0u; i < TILE; i++) {
      now = max(now, weights[local * TILE + i]);
    }
    largest[local] = now;
    shrink[local] = exp2(before - now);
  }
}

fn updateTotal(local: u32) {
  if (local < GROUP) {
    var sum = total[local] * shrink[local];
    for (var i = 0u; i < TILE; i++) {
      sum += weights[local * TILE + i];
    }
    total[local] = sum;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let kvHead = group / SPLITS;
  let split = group % SPLITS;
  let column = local % DIM4;
  let lane = local / DIM4;
  for (var i = local; i < GROUP * DIM4; i += THREADS) {
    queries[i] = q[kvHead * GROUP * DIM4 + i] * SCALE;
  }
  if (local < GROUP) {
    largest[local] = LOWEST;
    total[local] = 0.0;
  }
  var sums = array<vec4f, GROUP>();
  let end = min(CTX, (split + 1u) * SPLIT);
  for (var key0 = split * SPLIT; key0 < end; key0 += TILE) {
    let row0 = kvHead * CTX + key0;
    let count = min(TILE, end - key0);
    stageKeys(row0, count, local);
    workgroupBarrier();
    scoreTile(count, local);
    workgroupBarrier();
    updateLargest(local);
    workgroupBarrier();
    for (var i = local; i < GROUP * TILE; i += THREADS) {
      weights[i] = exp2(weights[i] - largest[i / TILE]);
    }
    workgroupBarrier();
    updateTotal(local);
    for (var h = 0u; h < GROUP; h++) {
      sums[h] *= shrink[h];
    }
    if (lane < LANES) {
      for (var key = lane; key < count; key += LANES) {
        let value = v[(row0 + key) * DIM4 + column];
        for (var h = 0u; h < GROUP; h++) {
          sums[h] += weights[h * TILE + key] * value;
        }
      }
    }
  }
  for (var h = 0u; h < GROUP; h++) {
    let slot = (kvHead * GROUP + h) * SPLITS + split;
    workgroupBarrier();
    shares[local] = sums[h];
    workgroupBarrier();
    if (local < DIM4) {
      var sum = vec4f();
      for (var i = 0u; i < LANES; i++) {
        sum += shares[i * DIM4 + local];
      }
      partial[slot * DIM4 + local] = sum;
    }
    if (local == 0u) {
      stats[slot] = vec2f(largest[h], total[h]);
    }
  }
}
