// Attention of one row over the cache: a workgroup takes one kv head and SPLIT of its keys for all GROUP heads that share
// them, so that the cache is read once. LANES threads share a key, each DIM4 / LANES vec4f of it; every unit keeps its own
// online softmax in registers, and the units are merged once at the end: no barrier in between.
// In decoding the newest key is this row's own: its workgroup norms and rotates it in registers and stores it for later.
// Of a prompt, place.wgsl has done so, and `attended` holds the queries.
// Joined behind state.wgsl, a cache-*.wgsl and a reduce-*.wgsl. Constants: HEADS, KV_HEADS, GROUP, DIM4, CONTEXT, LANES,
// THREADS, SPLIT, SPLITS (room in `partial`), WINDOW (positions seen, CONTEXT for all), ROW_VECTORS (stride of `attended`), SCALE (f32, log2(e) / √dim), SINKS,
// QK_NORM (0 none, 1 a head, 2 all heads), EPSILON (f32). Workgroups: [splits, KV_HEADS, rows].
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>; // [row][q heads, k heads, v heads][DIM4]
@group(0) @binding(3) var<storage, read> headGains: array<vec4f>; // of q, then of k
@group(0) @binding(4) var<storage, read> sinks: array<f32>;
@group(0) @binding(5) var<storage, read> rotary: array<vec4f>; // [position][cosines, sines][DIM4 / 2]
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(9) var<storage, read_write> attended: array<vec4f>; // [row][ROW_VECTORS]
@group(0) @binding(10) var<storage, read_write> partial: array<vec4f>; // [row][head][SPLITS][DIM4]
@group(0) @binding(11) var<storage, read_write> stats: array<vec2f>; // [row][head][SPLITS]: maximum, sum

const LOWEST = -0x1.fffffep+127f;
const LOG2E = 1.4426950408889634f;
const SHARE = DIM4 / LANES; // vec4f of a head in one thread
const UNITS = THREADS / LANES;

var<private> query: array<vec4f, GROUP * SHARE>;
var<private> sums: array<vec4f, GROUP * SHARE>;
var<private> largest: array<f32, GROUP>;
var<private> total: array<f32, GROUP>;
var<private> key: array<vec4f, SHARE>;
var<private> value: array<vec4f, SHARE>;
var<workgroup> allSums: array<vec4f, THREADS * SHARE>;
var<workgroup> allStats: array<vec2f, UNITS>;

fn normFactor(local: u32, first: u32, count: u32) -> f32 {
  var squares = 0.0;
  for (var v = local % LANES; v < count; v += LANES) {
    squares += dot(qkv[first + v], qkv[first + v]);
  }
  return inverseSqrt(unitSum(local, squares) / f32(4u * count) + EPSILON);
}

// This thread's share of a head of q or k, normed and rotated, to `key`. `headFirst` counts from the row's first vec4f.
fn turnHead(local: u32, row: u32, headFirst: u32, position: u32) {
  let lane = local % LANES;
  let rowFirst = row * (HEADS + 2u * KV_HEADS) * DIM4;
  let isKey = headFirst >= HEADS * DIM4;
  for (var j = 0u; j < SHARE; j++) {
    key[j] = qkv[rowFirst + headFirst + j * LANES + lane];
  }
  if (QK_NORM > 0u) {
    var factor = 1.0;
    var gains = select(0u, DIM4, isKey);
    if (QK_NORM == 1u) {
      factor = normFactor(local, rowFirst + headFirst, DIM4);
    } else {
      factor = normFactor(local, rowFirst + select(0u, HEADS * DIM4, isKey), select(HEADS, KV_HEADS, isKey) * DIM4);
      gains = headFirst;
    }
    for (var j = 0u; j < SHARE; j++) {
      key[j] *= factor * headGains[gains + j * LANES + lane];
    }
  }
  for (var j = 0u; j < SHARE / 2u; j++) {
    let cosines = rotary[position * DIM4 + j * LANES + lane];
    let sines = rotary[position * DIM4 + DIM4 / 2u + j * LANES + lane];
    let low = key[j];
    let high = key[j + SHARE / 2u];
    key[j] = low * cosines - high * sines;
    key[j + SHARE / 2u] = high * cosines + low * sines;
  }
}

// Adds `key` and `value` to this unit's softmax of every head; a key that is not `seen` adds nothing.
fn attendKey(local: u32, seen: bool) {
  for (var g = 0u; g < GROUP; g++) {
    var score = 0.0;
    for (var j = 0u; j < SHARE; j++) {
      score += dot(query[g * SHARE + j], key[j]);
    }
    score = select(LOWEST, unitSum(local, score), seen);
    let now = max(largest[g], score);
    let shrink = exp2(largest[g] - now);
    let weight = select(0.0, exp2(score - now), seen);
    largest[g] = now;
    total[g] = total[g] * shrink + weight;
    for (var j = 0u; j < SHARE; j++) {
      sums[g * SHARE + j] = sums[g * SHARE + j] * shrink + weight * value[j];
    }
  }
}

// Brings the units' softmax of head g together in unit 0.
fn mergeUnits(local: u32, g: u32) {
  let unit = local / LANES;
  workgroupBarrier();
  if (local % LANES == 0u) {
    allStats[unit] = vec2f(largest[g], total[g]);
  }
  workgroupBarrier();
  var most = LOWEST;
  for (var i = 0u; i < UNITS; i++) {
    most = max(most, allStats[i].x);
  }
  let shrink = exp2(largest[g] - most);
  for (var j = 0u; j < SHARE; j++) {
    allSums[local * SHARE + j] = sums[g * SHARE + j] * shrink;
  }
  workgroupBarrier();
  if (unit > 0u) {
    return;
  }
  var sum = 0.0;
  for (var i = 0u; i < UNITS; i++) {
    sum += allStats[i].y * exp2(allStats[i].x - most);
  }
  largest[g] = most;
  total[g] = sum;
  for (var j = 0u; j < SHARE; j++) {
    var merged = vec4f();
    for (var i = 0u; i < UNITS; i++) {
      merged += allSums[(i * LANES + local) * SHARE + j];
    }
    sums[g * SHARE + j] = merged;
  }
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = id.x;
  let kvHead = id.y;
  let row = id.z;
  let lane = local % LANES;
  let unit = local / LANES;
  let position = positionOf(state, row);
  let begin = position + 1u - min(position + 1u, WINDOW) + split * SPLIT;
  if (begin > position) {
    return;
  }
  for (var g = 0u; g < GROUP; g++) {
    let headFirst = (kvHead * GROUP + g) * DIM4;
    if (OF_PROMPT) {
      for (var j = 0u; j < SHARE; j++) {
        query[g * SHARE + j] = SCALE * attended[row * ROW_VECTORS + headFirst + j * LANES + lane];
      }
    } else {
      turnHead(local, row, headFirst, position);
      for (var j = 0u; j < SHARE; j++) {
        query[g * SHARE + j] = SCALE * key[j];
      }
    }
    largest[g] = LOWEST;
  }
  let cached = (sequenceOf(state, row) * KV_HEADS + kvHead) * CONTEXT * DIM4;
  let end = min(begin + SPLIT, select(position, position + 1u, OF_PROMPT));
  for (var first = begin; first < end; first += UNITS) {
    let at = cached + (first + unit) * DIM4 + lane;
    for (var j = 0u; j < SHARE; j++) {
      key[j] = keyAt(at + j * LANES);
      value[j] = valueAt(at + j * LANES);
    }
    attendKey(local, first + unit < end);
  }
  if (!OF_PROMPT && begin + SPLIT > position) {
    turnHead(local, row, (HEADS + kvHead) * DIM4, position);
    let first = (row * (HEADS + 2u * KV_HEADS) + HEADS + KV_HEADS + kvHead) * DIM4 + lane;
    for (var j = 0u; j < SHARE; j++) {
      value[j] = qkv[first + j * LANES];
    }
    attendKey(local, unit == 0u);
    if (unit == 0u) {
      for (var j = 0u; j < SHARE; j++) {
        storeKey(cached + position * DIM4 + j * LANES + lane, key[j]);
        storeValue(cached + position * DIM4 + j * LANES + lane, value[j]);
      }
    }
  }
  for (var g = 0u; g < GROUP; g++) {
    let head = kvHead * GROUP + g;
    if (UNITS > 1u) {
      mergeUnits(local, g);
    }
    if (unit == 0u && grid.x == 1u) {
      var divisor = total[g];
      if (SINKS) {
        divisor += exp2(min(sinks[head] * LOG2E - largest[g], 126.0));
      }
      for (var j = 0u; j < SHARE; j++) {
        attended[row * ROW_VECTORS + head * DIM4 + j * LANES + lane] = sums[g * SHARE + j] / divisor;
      }
    } else if (unit == 0u) {
      let slot = (row * HEADS + head) * SPLITS + split;
      for (var j = 0u; j < SHARE; j++) {
        partial[slot * DIM4 + j * LANES + lane] = sums[g * SHARE + j];
      }
      if (lane == 0u) {
        stats[slot] = vec2f(largest[g], total[g]);
      }
    }
  }
}
