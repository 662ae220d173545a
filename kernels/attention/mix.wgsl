// Step 3 of 3 of naive attention: out[row] = Σ_j scores[row][j]·v[j]. One thread an output element.
// Joined behind score.wgsl. Constants: as there, GROUP, VDIM, GRID_X, GROUPS.
// Workgroups: ceil(HEADS·QUERIES·VDIM / 64), folded.
@group(0) @binding(0) var<storage, read> scores: array<f32>; // [head][query][key], weights by now
@group(0) @binding(1) var<storage, read> v: array<f32>; // rows of VDIM
@group(0) @binding(2) var<storage, read_write> out: array<f32>; // rows of VDIM

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 64u + local;
  if (group >= GROUPS || element >= HEADS * QUERIES * VDIM) {
    return;
  }
  let column = element % VDIM;
  let row = element / VDIM;
  let query = row % QUERIES;
  let head = row / QUERIES;
  let atValue = firstKey(head / GROUP) * VDIM + column;
  var sum = 0.0;
  for (var j = 0u; j < min(KEYS, query + OFFSET + 1u); j++) {
    sum += scores[row * KEYS + j] * v[atValue + j * KEY_STRIDE * VDIM];
  }
  out[(firstQuery(head) + query * QUERY_STRIDE) * VDIM + column] = sum;
}
