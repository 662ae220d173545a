// The best token of each chunk of each row: its order and its index, the lowest of equals. Joined behind chunk.wgsl.
// Constants: THREADS (a multiple of 16), GRID_X, GROUPS. Workgroups: rows·CHUNKS, folded.
@group(0) @binding(1) var<storage, read_write> peaks: array<vec2u>; // [row][chunk]

var<workgroup> bests: array<vec2u, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  var best = bestOfChunk(group, local);
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
