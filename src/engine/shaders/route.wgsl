// Chooses the experts of every row: a softmax over the router's scores, the PER_TOKEN largest of it, the first of equals. A unit
// of LANES threads takes a row; each thread finds the rank of its own experts by comparing them with all.
// Joined behind a lanes-*.wgsl. Constants: EXPERTS, PER_TOKEN, NORMALISED, LANES, THREADS, MAX_ROWS.
// Workgroups: [rows / (THREADS / LANES), 1, 1].
@group(0) @binding(2) var<storage, read> scores: array<f32>; // [row][EXPERTS]
@group(0) @binding(5) var<storage, read_write> chosen: array<u32>; // [row][PER_TOKEN]
@group(0) @binding(7) var<storage, read_write> shares: array<f32>; // [row][PER_TOKEN]

fn rankOf(first: u32, expert: u32) -> u32 {
  let score = scores[first + expert];
  var rank = 0u;
  for (var other = 0u; other < EXPERTS; other++) {
    let against = scores[first + other];
    rank += select(0u, 1u, against > score || (against == score && other < expert));
  }
  return rank;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  // Units past the last row do its work again, so that all reach the sums.
  let row = min(id.x * (THREADS / LANES) + local / LANES, MAX_ROWS - 1u);
  let first = row * EXPERTS;
  var most = scores[first];
  for (var expert = 1u; expert < EXPERTS; expert++) {
    most = max(most, scores[first + expert]);
  }
  var all = 0.0;
  var taken = 0.0;
  for (var expert = local % LANES; expert < EXPERTS; expert += LANES) {
    let power = exp(scores[first + expert] - most);
    all += power;
    taken += select(0.0, power, rankOf(first, expert) < PER_TOKEN);
  }
  let total = unitSum(local, select(all, taken, NORMALISED));
  for (var expert = local % LANES; expert < EXPERTS; expert += LANES) {
    let rank = rankOf(first, expert);
    if (rank < PER_TOKEN) {
      chosen[row * PER_TOKEN + rank] = expert;
      shares[row * PER_TOKEN + rank] = exp(scores[first + expert] - most) / total;
    }
  }
}
