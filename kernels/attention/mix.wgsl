// Step 3 of 3 of unfused attention: out[h][i] = Σ_j scores[h][i][j]·v[h / GROUP][j]. One thread an output element.
// Constants: QUERIES, KEYS, GROUP, DIM, OFFSET, HEADS, GRID_X, GROUPS. Workgroups: ceil(HEADS·QUERIES·DIM / 64), folded.
@group(0) @binding(0) var<storage, read> scores: array<f32>; // [head][query][key], weights by now
@group(0) @binding(1) var<storage, read> v: array<f32>; // [kv head][key][DIM]
@group(0) @binding(2) var<storage, read_write> out: array<f32>; // [head][query][DIM]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 64u + local;
  if (group >= GROUPS || element >= HEADS * QUERIES * DIM) {
    return;
  }
  let row = element / DIM;
  let atValue = row / QUERIES / GROUP * KEYS * DIM + element % DIM;
  var sum = 0.0;
  for (var j = 0u; j <= row % QUERIES + OFFSET; j++) {
    sum += scores[row * KEYS + j] * v[atValue + j * DIM];
  }
  out[element] = sum;
}
