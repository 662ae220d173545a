// Norms and rotates the heads of q and k of every row, and writes k and v into the cache and q where attention's output will
// stand: what attend.wgsl does for itself in decoding, where a row has only one reader of its newest key. Not in place: a
// norm over all heads reads them all. A unit of LANES threads takes one head.
// Joined behind state.wgsl, a cache-*.wgsl and a lanes-*.wgsl. Constants: HEADS, KV_HEADS, DIM4 (vec4f a head), CONTEXT,
// LANES, THREADS, ROW_VECTORS (stride of `attended`), QK_NORM (0 none, 1 a head, 2 all heads), EPSILON (f32).
// Workgroups: [(HEADS + 2 · KV_HEADS) / (THREADS / LANES), 1, rows].
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>; // [row][q heads, k heads, v heads][DIM4]
@group(0) @binding(3) var<storage, read> headVectors: array<vec4f>; // gains of q, then of k
@group(0) @binding(5) var<storage, read> rotary: array<vec4f>; // [position][cosines, sines][DIM4 / 2]
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(9) var<storage, read_write> attended: array<vec4f>; // [row][ROW_VECTORS]

const PAIRS = DIM4 / 2u;

fn normFactor(local: u32, first: u32, count: u32) -> f32 {
  var squares = 0.0;
  for (var v = local % LANES; v < count; v += LANES) {
    squares += dot(qkv[first + v], qkv[first + v]);
  }
  return inverseSqrt(unitSum(local, squares) / f32(4u * count) + EPSILON);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = id.z;
  let head = min(id.x * (THREADS / LANES) + local / LANES, HEADS + 2u * KV_HEADS - 1u);
  let position = positionOf(state, row);
  let rowFirst = row * (HEADS + 2u * KV_HEADS) * DIM4;
  let first = rowFirst + head * DIM4;
  let isKey = head >= HEADS;
  let isValue = head >= HEADS + KV_HEADS;
  var factor = 1.0;
  var gains = 0u;
  if (QK_NORM == 1u) {
    factor = normFactor(local, first, DIM4);
    gains = select(0u, DIM4, isKey);
  } else if (QK_NORM == 2u) {
    let ofQuery = normFactor(local, rowFirst, HEADS * DIM4);
    let ofKey = normFactor(local, rowFirst + HEADS * DIM4, KV_HEADS * DIM4);
    factor = select(ofQuery, ofKey, isKey);
    gains = head * DIM4;
  }
  let kvHead = select(head - HEADS, head - HEADS - KV_HEADS, isValue);
  let cached = ((sequenceOf(state, row) * KV_HEADS + kvHead) * CONTEXT + position) * DIM4;
  for (var v = local % LANES; v < PAIRS; v += LANES) {
    var low = qkv[first + v];
    var high = qkv[first + PAIRS + v];
    if (isValue) {
      storeValue(cached + v, low);
      storeValue(cached + PAIRS + v, high);
      continue;
    }
    if (QK_NORM > 0u) {
      low *= factor * headVectors[gains + v];
      high *= factor * headVectors[gains + PAIRS + v];
    }
    let cosines = rotary[position * DIM4 + v];
    let sines = rotary[position * DIM4 + PAIRS + v];
    let turnedLow = low * cosines - high * sines;
    let turnedHigh = high * cosines + low * sines;
    if (isKey) {
      storeKey(cached + v, turnedLow);
      storeKey(cached + PAIRS + v, turnedHigh);
    } else {
      attended[row * ROW_VECTORS + head * DIM4 + v] = turnedLow;
      attended[row * ROW_VECTORS + head * DIM4 + PAIRS + v] = turnedHigh;
    }
  }
}
