// Step 2 of 3 of naive attention: softmax of each row of scores, in place; a row that sees no key gets no weight.
// One thread a row. Joined behind score.wgsl. Constants: HEADS, QUERIES, KEYS, GRID_X, GROUPS.
// Workgroups: ceil(HEADS·QUERIES / 64), folded.
@group(0) @binding(0) var<storage, read_write> scores: array<f32>; // [row][key]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= HEADS * QUERIES) {
    return;
  }
  var largest = scores[row * KEYS];
  for (var j = 1u; j < KEYS; j++) {
    largest = max(largest, scores[row * KEYS + j]);
  }
  var sum = 0.0;
  for (var j = 0u; j < KEYS; j++) {
    let weight = exp2(scores[row * KEYS + j] - largest);
    scores[row * KEYS + j] = weight;
    sum += weight;
  }
  let scale = select(1.0 / sum, 0.0, largest == LOWEST);
  for (var j = 0u; j < KEYS; j++) {
    scores[row * KEYS + j] *= scale;
  }
}
