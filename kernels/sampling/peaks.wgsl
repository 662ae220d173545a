// The best token of each chunk of each row: its order and its index, the lowest of equals. Joined behind order.wgsl.
// Constants: VOCAB, CHUNK, CHUNKS, THREADS (a multiple of 16), GRID_X, GROUPS. Workgroups: rows·CHUNKS, folded.
@group(0) @binding(1) var<storage, read_write> peaks: array<vec2u>; // [row][chunk]

var<workgroup> bests: array<vec2u, THREADS>;

// The higher order, the lower index of equals.
fn better(a: vec2u, b: vec2u) -> vec2u {
  return select(b, a, a.x > b.x || (a.x == b.x && a.y < b.y));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let first = group % CHUNKS * CHUNK;
  let row = group / CHUNKS * VOCAB;
  var best = vec2u(0u, VOCAB);
  for (var i = first + local; i < min(VOCAB, first + CHUNK); i += THREADS) {
    best = better(best, vec2u(orderOf(logits[row + i]), i));
  }
  bests[local] = best;
  workgroupBarrier();
  if (local < 16u) {
    for (var i = local + 16u; i < THREADS; i += 16u) {
      best = better(best, bests[i]);
    }
    bests[local] = best;
  }
  workgroupBarrier();
  if (local == 0u) {
    for (var i = 1u; i < 16u; i++) {
      best = better(best, bests[i]);
    }
    peaks[group] = best;
  }
}
