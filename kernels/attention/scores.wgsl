// Step 1 of 3 of unfused attention: scores[h][i][j] = q[h][i]·k[h / GROUP][j] · SCALE for the keys j that query i sees,
// the lowest f32 for the rest. One thread a score.
// Constants: QUERIES, KEYS, GROUP (heads per kv head), DIM, OFFSET (query i sees keys 0..i + OFFSET), SCALE (f32), HEADS,
// GRID_X, GROUPS. Workgroups: ceil(HEADS·QUERIES·KEYS / 64), folded.
@group(0) @binding(0) var<storage, read> q: array<f32>; // [head][query][DIM]
@group(0) @binding(1) var<storage, read> k: array<f32>; // [kv head][key][DIM]
@group(0) @binding(2) var<storage, read_write> scores: array<f32>; // [head][query][key]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let score = group * 64u + local;
  if (group >= GROUPS || score >= HEADS * QUERIES * KEYS) {
    return;
  }
  let key = score % KEYS;
  let row = score / KEYS;
  let head = row / QUERIES;
  if (key > row % QUERIES + OFFSET) {
    scores[score] = -0x1.fffffep+127f;
    return;
  }
  let atKey = (head / GROUP * KEYS + key) * DIM;
  var sum = 0.0;
  for (var d = 0u; d < DIM; d++) {
    sum += q[row * DIM + d] * k[atKey + d];
  }
  scores[score] = sum * SCALE;
}
