// The weight of each chunk's tokens above the limit of a row's nucleus, and how many stand at the limit.
// Joined behind order.wgsl and descend.wgsl. Without a cut the limit lies below every token that weighs.
// Constants: as there, VOCAB, CHUNK, CUTS (p below 1), GRID_X, GROUPS. Workgroups: rows·CHUNKS, folded.
@group(0) @binding(4) var<storage, read_write> chunks: array<vec4u>; // [row][chunk]: weight above, tokens at the limit

var<workgroup> weights: array<vec4u, THREADS>;

fn added(a: vec4u, b: vec4u) -> vec4u {
  return vec4u(plus(a.xy, b.xy), a.z + b.z, 0u);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let row = group / CHUNKS;
  let first = group % CHUNKS * CHUNK;
  var limit = vec4u();
  if (CUTS) { limit = descended(row, 3u, local); }
  if (group % CHUNKS == 0u && local == 0u) { states[row * 5u + 4u] = limit; }
  let top = peakOf(row, local);
  var sum = vec4u();
  for (var i = first + local; i < min(VOCAB, first + CHUNK); i += THREADS) {
    let order = orderOf(logits[row * VOCAB + i]);
    if (order > limit.x || !CUTS) {
      sum = added(sum, vec4u(weightOf(order, top), 0u, 0u, 0u));
    } else if (order == limit.x) {
      sum.z++;
    }
  }
  weights[local] = sum;
  workgroupBarrier();
  if (local < 16u) {
    for (var i = local + 16u; i < THREADS; i += 16u) {
      sum = added(sum, weights[i]);
    }
    weights[local] = sum;
  }
  workgroupBarrier();
  if (local == 0u) {
    for (var i = 1u; i < 16u; i++) {
      sum = added(sum, weights[i]);
    }
    chunks[group] = sum;
  }
}
