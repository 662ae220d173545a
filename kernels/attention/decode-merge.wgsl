// Attention of one new token over a cache, step 2 of 2: joins the splits' outputs, each weighted by how far its maximum
// lies below the largest. One thread per head and four columns. Joined behind score.wgsl.
// Constants: HEADS, VDIM, SPLITS, GRID_X, GROUPS. Workgroups: ceil(HEADS·VDIM/4 / 64), folded.
@group(0) @binding(0) var<storage, read> partial: array<vec4f>; // [head][split][VDIM]
@group(0) @binding(1) var<storage, read> stats: array<vec2f>; // [head][split]: maximum, sum
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>; // [batch][head][VDIM]

const VDIM4 = VDIM / 4u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 64u + local;
  if (group >= GROUPS || element >= HEADS * VDIM4) {
    return;
  }
  let first = element / VDIM4 * SPLITS;
  var largest = stats[first].x;
  for (var i = 1u; i < SPLITS; i++) {
    largest = max(largest, stats[first + i].x);
  }
  var sum = vec4f();
  var total = 0.0;
  for (var i = 0u; i < SPLITS; i++) {
    let weight = exp2(stats[first + i].x - largest);
    total += weight * stats[first + i].y;
    sum += weight * partial[(first + i) * VDIM4 + element % VDIM4];
  }
  // A query whose keys are all hidden by a mask mixes nothing.
  out[element] = select(sum / total, vec4f(), largest == LOWEST);
}
