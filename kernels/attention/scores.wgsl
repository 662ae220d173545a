// Step 1 of 3 of naive attention: the score of every query and key; the lowest f32 where the query does not see the key.
// One thread a score. Joined behind score.wgsl. Constants: as there, GROUP (heads per kv head), DIM, GRID_X, GROUPS.
// Workgroups: ceil(HEADS·QUERIES·KEYS / 64), folded.
@group(0) @binding(0) var<storage, read> q: array<f32>; // rows of DIM
@group(0) @binding(1) var<storage, read> k: array<f32>; // rows of DIM
@group(0) @binding(2) var<storage, read_write> scores: array<f32>; // [head][query][key]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let score = group * 64u + local;
  if (group >= GROUPS || score >= HEADS * QUERIES * KEYS) {
    return;
  }
  let key = score % KEYS;
  let query = score / KEYS % QUERIES;
  let head = score / (KEYS * QUERIES);
  let atQuery = (firstQuery(head) + query * QUERY_STRIDE) * DIM;
  let atKey = (firstKey(head / GROUP) + key * KEY_STRIDE) * DIM;
  var sum = 0.0;
  for (var d = 0u; d < DIM; d++) {
    sum += q[atQuery + d] * k[atKey + d];
  }
  scores[score] = scoreOf(sum, head, query, key);
}
