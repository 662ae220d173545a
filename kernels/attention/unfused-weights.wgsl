// Unfused attention, step 2 of 3: scores of a row into weights relative to its maximum, in place, TEAM threads a row, and
// one over their sum; a row that sees no key gets 0.
// Joined behind the f32x4 cells snippet, one with teamMax and teamSum, one with the entry point, and score.wgsl.
// Constants: as score.wgsl, KEY_FOURS (ceil(KEYS / 4)), TEAM (THREADS or 1), THREADS, GRID_X, GROUPS.
// Workgroups: HEADS·QUERIES·TEAM / THREADS, folded.
@group(0) @binding(0) var<storage, read_write> scores: array<vec4f>; // [head][query][key / 4]
@group(0) @binding(1) var<storage, read_write> scales: array<f32>; // [head][query]

// A long running sum loses small terms, so every BLOCK cells are summed apart.
const BLOCK = 32u * TEAM;

fn work(group: u32, local: u32) {
  let row = rowOf(group, local);
  if (row >= HEADS * QUERIES) {
    return;
  }
  let lane = laneOf(local);
  let first = row * KEY_FOURS;
  let cells = (min(KEYS, row % QUERIES + OFFSET + 1u) + 3u) / 4u;
  var largest = vec4f(LOWEST);
  for (var i = lane; i < cells; i += TEAM) {
    largest = max(largest, scores[first + i]);
  }
  let peak = teamMax(lane, largestOf(largest));
  var sum = vec4f();
  for (var begin = lane; begin < cells; begin += BLOCK) {
    var part = vec4f();
    for (var i = begin; i < min(begin + BLOCK, cells); i += TEAM) {
      let weight = exp2(scores[first + i] - peak);
      scores[first + i] = weight;
      part += weight;
    }
    sum += part;
  }
  let total = teamSum(lane, sumOf(sum));
  if (lane == 0u) {
    scales[row] = select(1.0 / total, 0.0, peak == LOWEST);
  }
}
