// Attention of one new token over a cache, step 1 of 2: a workgroup takes one kv head and a share of its keys, for all
// GROUP heads that share them, so that the cache is read once. Online softmax over tiles of TILE keys, three barriers each;
// leaves an unnormalised output, its maximum and its sum for decode-merge.wgsl.
// Keys: TEAM threads share a key's row, neighbours on neighbouring cells; their partial products meet in workgroup memory.
// Values: threads share the columns and, where there are fewer columns than threads, every PER_COLUMN-th key.
// Either way a thread asks for several rows before it uses the first, since only bytes in flight hide memory's latency.
// Joined behind a cells snippet (storage of k and v) and score.wgsl.
// Constants: as score.wgsl, GROUP (heads per kv head), DIM and VDIM (multiples of 4), SPLITS, TILE (a multiple of
// THREADS / TEAM), TEAM, THREADS, GRID_X, GROUPS. Workgroups: KV_HEADS·SPLITS, folded.
@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [batch][head][DIM]
@group(0) @binding(1) var<storage, read> k: array<Stored>; // rows of DIM
@group(0) @binding(2) var<storage, read> v: array<Stored>; // rows of VDIM
@group(0) @binding(3) var<storage, read> lengths: array<u32>; // [batch]: keys in the cache, at most KEYS
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>; // [head][split][VDIM]
@group(0) @binding(5) var<storage, read_write> stats: array<vec2f>; // [head][split]: maximum, sum

const DIM4 = DIM / 4u;
const VDIM4 = VDIM / 4u;
const ABREAST = THREADS / TEAM; // keys at a time
const CELLS = (DIM4 + TEAM - 1u) / TEAM; // cells of a key a thread reads
const DEPTH = clamp(8u / CELLS, 1u, TILE / ABREAST); // keys of a thread in flight
const PER_HEAD = THREADS / GROUP; // threads that turn a head's products into weights
const SHARE = (TILE + PER_HEAD - 1u) / PER_HEAD; // products of each
const PER_COLUMN = THREADS / VDIM4; // threads that share four columns

var<workgroup> queries: array<vec4f, GROUP * DIM4>;
var<workgroup> products: array<f32, GROUP * TILE * TEAM>; // [head][key][thread of the team]
var<workgroup> maxima: array<f32, THREADS>; // [head][thread]
var<workgroup> weights: array<f32, GROUP * TILE>; // [head][key]
var<workgroup> shrink: array<f32, GROUP>;
var<workgroup> shares: array<vec4f, THREADS>;

// Partial products of the tile's keys with every query of the group.
fn multiplyKeys(row0: u32, count: u32, local: u32) {
  let member = local % TEAM;
  for (var key0 = local / TEAM; key0 < TILE; key0 += ABREAST * DEPTH) {
    var cells = array<vec4f, CELLS * DEPTH>();
    for (var i = 0u; i < CELLS * DEPTH; i++) {
      let key = key0 + i / CELLS * ABREAST;
      let column = member + i % CELLS * TEAM;
      if (key < count && (DIM4 % TEAM == 0u || column < DIM4)) {
        cells[i] = loaded(k[(row0 + key * KEY_STRIDE) * DIM4 + column]);
      }
    }
    for (var h = 0u; h < GROUP; h++) {
      for (var j = 0u; j < DEPTH; j++) {
        var sum = vec4f();
        for (var i = 0u; i < CELLS; i++) {
          sum += cells[j * CELLS + i] * queries[h * DIM4 + min(member + i * TEAM, DIM4 - 1u)];
        }
        let key = key0 + j * ABREAST;
        if (TILE % (ABREAST * DEPTH) == 0u || key < TILE) {
          products[(h * TILE + key) * TEAM + member] = (sum.x + sum.y) + (sum.z + sum.w);
        }
      }
    }
  }
}

// Adds this thread's share of Σ weight·value over the tile's keys, all heads of the group.
fn mixValues(sums: ptr<function, array<vec4f, GROUP>>, row0: u32, count: u32, local: u32) {
  for (var key0 = local / VDIM4; key0 < count; key0 += 8u * PER_COLUMN) {
    var cells = array<vec4f, 8>();
    for (var i = 0u; i < 8u; i++) {
      let key = key0 + i * PER_COLUMN;
      if (key < count) {
        cells[i] = loaded(v[(row0 + key * KEY_STRIDE) * VDIM4 + local % VDIM4]);
      }
    }
    for (var h = 0u; h < GROUP; h++) {
      for (var i = 0u; i < 8u; i++) {
        sums[h] += weights[h * TILE + min(key0 + i * PER_COLUMN, TILE - 1u)] * cells[i];
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
  let kvHead = group / SPLITS;
  let split = group % SPLITS;
  // Every split takes whole tiles.
  let length = min(lengths[kvHead / BATCH_KV_HEADS], KEYS);
  let span = ((length + SPLITS - 1u) / SPLITS + TILE - 1u) / TILE * TILE;
  let end = min(length, (split + 1u) * span);
  for (var i = local; i < GROUP * DIM4; i += THREADS) {
    queries[i] = q[kvHead * GROUP * DIM4 + i];
  }
  workgroupBarrier();
  // Which head's products this thread turns into weights, and which of the threads that do so it is.
  let myHead = local / PER_HEAD;
  let place = local % PER_HEAD;
  let head = kvHead * GROUP + myHead;
  var scores = array<f32, SHARE>();
  var largest = LOWEST;
  var total = 0.0;
  var sums = array<vec4f, GROUP>();
  for (var key0 = split * span; key0 < end; key0 += TILE) {
    let row0 = firstKey(kvHead) + key0 * KEY_STRIDE;
    let count = min(TILE, end - key0);
    multiplyKeys(row0, count, local);
    workgroupBarrier();
    var peak = largest;
    if (myHead < GROUP) {
      for (var i = 0u; i < SHARE; i++) {
        let key = place + i * PER_HEAD;
        scores[i] = LOWEST;
        if (key < count) {
          var product = 0.0;
          for (var j = 0u; j < TEAM; j++) {
            product += products[(myHead * TILE + key) * TEAM + j];
          }
          scores[i] = scoreOf(product, head, 0u, key0 + key);
        }
        peak = max(peak, scores[i]);
      }
    }
    maxima[local] = peak;
    workgroupBarrier();
    if (myHead < GROUP) {
      for (var i = 0u; i < PER_HEAD; i++) {
        peak = max(peak, maxima[myHead * PER_HEAD + i]);
      }
      if (place == 0u) { shrink[myHead] = exp2(largest - peak); }
      total *= exp2(largest - peak);
      largest = peak;
      for (var i = 0u; i < SHARE; i++) {
        let key = place + i * PER_HEAD;
        if (key < TILE) {
          let weight = exp2(scores[i] - peak);
          weights[myHead * TILE + key] = weight;
          if (key < count) { total += weight; }
        }
      }
    }
    workgroupBarrier();
    for (var h = 0u; h < GROUP; h++) {
      sums[h] *= shrink[h];
    }
    if (local < PER_COLUMN * VDIM4) {
      mixValues(&sums, row0, count, local);
    }
  }
  maxima[local] = total;
  for (var h = 0u; h < GROUP; h++) {
    workgroupBarrier();
    shares[local] = sums[h];
    workgroupBarrier();
    let slot = (kvHead * GROUP + h) * SPLITS + split;
    if (local < VDIM4) {
      var sum = vec4f();
      for (var i = 0u; i < PER_COLUMN; i++) {
        sum += shares[i * VDIM4 + local];
      }
      partial[slot * VDIM4 + local] = sum;
    }
    if (myHead == h && place == 0u) {
      var sum = 0.0;
      for (var i = 0u; i < PER_HEAD; i++) {
        sum += maxima[h * PER_HEAD + i];
      }
      stats[slot] = vec2f(largest, sum);
    }
  }
}
