// Attention over the cache: a workgroup takes one kv head and SPLIT of its keys for TILE rows and the GROUP heads that share
// them, QUERIES in all, so that a key is read once for all of these. LANES threads share a key, each HALF vec4f of either
// half of it, the halves a rotation pairs; every unit of LANES keeps an online softmax in registers, and units are merged
// once at the end: no barrier before. In decoding (TILE 1) a row's newest key is its own: it is normed and rotated here and
// stored for later. Of a prompt, place.wgsl has done so, and `attended` holds the queries.
// Joined behind state.wgsl, a cache-*.wgsl and a lanes-*.wgsl; unrolled over QUERIES and HALF, for PROMPT or DECODE,
// NORMED, SINKS, MERGED (more than one unit). Constants: HEADS, KV_HEADS, GROUP, TILE, DIM4 (vec4f a head), CONTEXT, LANES, HALF,
// THREADS, SPLIT, SPLITS (room in `partial`), WINDOW (positions seen, CONTEXT for all), ROW_VECTORS (stride of `attended`),
// SCALE (f32, log2(e) / √dim), SINKS_FIRST, WHOLE_NORM (a norm is over all heads), EPSILON (f32).
// Workgroups: [splits, KV_HEADS, rows / TILE].
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>; // [row][q heads, k heads, v heads][DIM4]
@group(0) @binding(3) var<storage, read> headVectors: array<vec4f>; // gains of q, of k, then sinks
@group(0) @binding(5) var<storage, read> rotary: array<vec4f>; // [position][cosines, sines][DIM4 / 2]
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(9) var<storage, read_write> attended: array<vec4f>; // [row][ROW_VECTORS]
@group(0) @binding(10) var<storage, read_write> partial: array<vec4f>; // [row][head][SPLITS][DIM4, then maximum and sum]

const LOWEST = -0x1.fffffep+127f;
const LOG2E = 1.4426950408889634f;
const UNITS = THREADS / LANES;
const PAIRS = DIM4 / 2u;
const QKV_VECTORS = (HEADS + 2u * KV_HEADS) * DIM4;

//! if MERGED
var<workgroup> allSums: array<vec4f, THREADS * 2u * HALF>;
var<workgroup> allStats: array<vec2f, UNITS>;
//! end

//! if NORMED
// The factor of an RMSNorm over `count` vec4f of q or k.
fn normFactor(local: u32, first: u32, count: u32) -> f32 {
  var squares = 0.0;
  for (var v = local % LANES; v < count; v += LANES) {
    squares += dot(qkv[first + v], qkv[first + v]);
  }
  return inverseSqrt(unitSum(local, squares) / f32(4u * count) + EPSILON);
}
//! end

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let split = id.x;
  let kvHead = id.y;
  let row0 = id.z * TILE;
  let lane = local % LANES;
  let unit = local / LANES;
  // Positions of the tile's first and last row.
  let position = positionOf(state, row0);
  let newest = position + TILE - 1u;
  let begin = position + 1u - min(position + 1u, WINDOW) + split * SPLIT;
  if (begin > newest) {
    return;
  }
  //! if PROMPT
  let end = min(begin + SPLIT, min(newest + 1u, state.position + state.rows));
  //! end
  //! if DECODE
  let end = min(begin + SPLIT, newest + 1u);
  //! end
  let qkvFirst = row0 * QKV_VECTORS;

  //! if DECODE
  //! for j in 0..HALF
  let cosines$j = rotary[position * DIM4 + $ju * LANES + lane];
  let sines$j = rotary[position * DIM4 + PAIRS + $ju * LANES + lane];
  //! end
  //! if NORMED
  var factor = 1.0;
  if (WHOLE_NORM) {
    factor = normFactor(local, qkvFirst, HEADS * DIM4);
  }
  //! end
  //! end
  //! for q in 0..QUERIES
  let head$q = kvHead * GROUP + $qu % GROUP;
  //! if PROMPT
  let queryFirst$q = (row0 + $qu / GROUP) * ROW_VECTORS + head$q * DIM4 + lane;
  let oldest$q = position + $qu / GROUP + 1u - min(position + $qu / GROUP + 1u, WINDOW);
  //! for j in 0..HALF
  let low$q_$j = SCALE * attended[queryFirst$q + $ju * LANES];
  let high$q_$j = SCALE * attended[queryFirst$q + PAIRS + $ju * LANES];
  //! end
  //! end
  //! if DECODE
  let queryFirst$q = qkvFirst + head$q * DIM4;
  //! if NORMED
  if (!WHOLE_NORM) {
    factor = normFactor(local, queryFirst$q, DIM4);
  }
  let gains$q = select(0u, head$q * DIM4, WHOLE_NORM) + lane;
  //! end
  //! for j in 0..HALF
  var rawLow$q_$j = SCALE * qkv[queryFirst$q + lane + $ju * LANES];
  var rawHigh$q_$j = SCALE * qkv[queryFirst$q + lane + PAIRS + $ju * LANES];
  //! if NORMED
  rawLow$q_$j *= factor * headVectors[gains$q + $ju * LANES];
  rawHigh$q_$j *= factor * headVectors[gains$q + PAIRS + $ju * LANES];
  //! end
  let low$q_$j = rawLow$q_$j * cosines$j - rawHigh$q_$j * sines$j;
  let high$q_$j = rawHigh$q_$j * cosines$j + rawLow$q_$j * sines$j;
  //! end
  //! end
  var largest$q = LOWEST;
  var total$q = 0.0;
  //! for j in 0..HALF
  var sumLow$q_$j = vec4f();
  var sumHigh$q_$j = vec4f();
  //! end
  //! end

  //! if DECODE
  // The newest key and value, in the registers of every unit.
  let keyFirst = qkvFirst + (HEADS + kvHead) * DIM4;
  //! if NORMED
  if (WHOLE_NORM) {
    factor = normFactor(local, qkvFirst + HEADS * DIM4, KV_HEADS * DIM4);
  } else {
    factor = normFactor(local, keyFirst, DIM4);
  }
  let keyGains = select(DIM4, (HEADS + kvHead) * DIM4, WHOLE_NORM) + lane;
  //! end
  //! for j in 0..HALF
  var rawLow$j = qkv[keyFirst + lane + $ju * LANES];
  var rawHigh$j = qkv[keyFirst + lane + PAIRS + $ju * LANES];
  //! if NORMED
  rawLow$j *= factor * headVectors[keyGains + $ju * LANES];
  rawHigh$j *= factor * headVectors[keyGains + PAIRS + $ju * LANES];
  //! end
  let newKeyLow$j = rawLow$j * cosines$j - rawHigh$j * sines$j;
  let newKeyHigh$j = rawHigh$j * cosines$j + rawLow$j * sines$j;
  let newValueLow$j = qkv[keyFirst + KV_HEADS * DIM4 + lane + $ju * LANES];
  let newValueHigh$j = qkv[keyFirst + KV_HEADS * DIM4 + lane + PAIRS + $ju * LANES];
  //! end
  //! end

  let cached = (sequenceOf(state, row0) * KV_HEADS + kvHead) * CONTEXT * DIM4 + lane;
  for (var key0 = begin; key0 < end; key0 += UNITS) {
    let key = key0 + unit;
    //! if PROMPT
    let at = cached + min(key, end - 1u) * DIM4;
    //! end
    //! if DECODE
    let at = cached + key * DIM4;
    //! end
    //! for j in 0..HALF
    var keyLow$j = keyAt(at + $ju * LANES);
    var keyHigh$j = keyAt(at + PAIRS + $ju * LANES);
    var valueLow$j = valueAt(at + $ju * LANES);
    var valueHigh$j = valueAt(at + PAIRS + $ju * LANES);
    //! end
    //! if DECODE
    // Also past the newest: what the cache holds there may be anything, NaN included, which no weight of 0 would silence.
    if (key >= position) {
      //! for j in 0..HALF
      keyLow$j = newKeyLow$j;
      keyHigh$j = newKeyHigh$j;
      valueLow$j = newValueLow$j;
      valueHigh$j = newValueHigh$j;
      //! end
    }
    if (key == position) {
      //! for j in 0..HALF
      storeKey(at + $ju * LANES, keyLow$j);
      storeKey(at + PAIRS + $ju * LANES, keyHigh$j);
      storeValue(at + $ju * LANES, valueLow$j);
      storeValue(at + PAIRS + $ju * LANES, valueHigh$j);
      //! end
    }
    //! end
    //! for q in 0..QUERIES
    var share$q = vec4f();
    //! for j in 0..HALF
    share$q += low$q_$j * keyLow$j + high$q_$j * keyHigh$j;
    //! end
    //! if PROMPT
    let seen$q = key < end && key >= oldest$q && key <= position + $qu / GROUP;
    //! end
    //! if DECODE
    let seen$q = key < end;
    //! end
    let score$q = select(LOWEST, unitSum(local, share$q.x + share$q.y + share$q.z + share$q.w), seen$q);
    let now$q = max(largest$q, score$q);
    let shrink$q = exp2(largest$q - now$q);
    let weight$q = select(0.0, exp2(score$q - now$q), seen$q);
    largest$q = now$q;
    total$q = total$q * shrink$q + weight$q;
    //! for j in 0..HALF
    sumLow$q_$j = sumLow$q_$j * shrink$q + weight$q * valueLow$j;
    sumHigh$q_$j = sumHigh$q_$j * shrink$q + weight$q * valueHigh$j;
    //! end
    //! end
  }

  //! for q in 0..QUERIES
  //! if MERGED
  // Every unit's share, in one measure, to workgroup memory; unit 0 adds them up.
  workgroupBarrier();
  if (lane == 0u) {
    allStats[unit] = vec2f(largest$q, total$q);
  }
  workgroupBarrier();
  var most$q = allStats[0].x;
  for (var i = 1u; i < UNITS; i++) {
    most$q = max(most$q, allStats[i].x);
  }
  let rescale$q = exp2(largest$q - most$q);
  //! for j in 0..HALF
  allSums[(2u * $ju) * THREADS + local] = sumLow$q_$j * rescale$q;
  allSums[(2u * $ju + 1u) * THREADS + local] = sumHigh$q_$j * rescale$q;
  sumLow$q_$j = vec4f();
  sumHigh$q_$j = vec4f();
  //! end
  workgroupBarrier();
  largest$q = most$q;
  total$q = 0.0;
  for (var i = 0u; i < UNITS; i++) {
    total$q += allStats[i].y * exp2(allStats[i].x - most$q);
    //! for j in 0..HALF
    sumLow$q_$j += allSums[(2u * $ju) * THREADS + i * LANES + lane];
    sumHigh$q_$j += allSums[(2u * $ju + 1u) * THREADS + i * LANES + lane];
    //! end
  }
  //! end
  //! if PROMPT
  let stored$q = unit == 0u && row0 + $qu / GROUP < state.rows;
  //! end
  //! if DECODE
  let stored$q = unit == 0u;
  //! end
  if (stored$q && grid.x == 1u) {
    //! if SINKS
    let sink$q = headVectors[SINKS_FIRST + head$q / 4u][head$q % 4u];
    total$q += exp2(min(sink$q * LOG2E - largest$q, 126.0));
    //! end
    let out$q = (row0 + $qu / GROUP) * ROW_VECTORS + head$q * DIM4 + lane;
    //! for j in 0..HALF
    attended[out$q + $ju * LANES] = sumLow$q_$j / total$q;
    attended[out$q + PAIRS + $ju * LANES] = sumHigh$q_$j / total$q;
    //! end
  } else if (stored$q) {
    let slot$q = (((row0 + $qu / GROUP) * HEADS + head$q) * SPLITS + split) * (DIM4 + 1u);
    //! for j in 0..HALF
    partial[slot$q + lane + $ju * LANES] = sumLow$q_$j;
    partial[slot$q + lane + PAIRS + $ju * LANES] = sumHigh$q_$j;
    //! end
    if (lane == 0u) {
      partial[slot$q + DIM4] = vec4f(largest$q, total$q, 0.0, 0.0);
    }
  }
  //! end
}
