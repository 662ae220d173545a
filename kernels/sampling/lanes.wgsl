// The best token that each lane of a workgroup meets in its chunk: its order and its index, the lowest of equals. Neighbouring
// lanes read neighbouring logits and none waits for another: a software adapter pays for every barrier. Joined behind
// order.wgsl. Constants: VOCAB, CHUNK, CHUNKS, LANES, GRID_X, GROUPS. Workgroups: rows·CHUNKS, folded.
@group(0) @binding(1) var<storage, read_write> peaks: array<vec2u>; // [row][chunk][lane]

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let first = group % CHUNKS * CHUNK;
  let row = group / CHUNKS * VOCAB;
  var best = vec2u(0u, VOCAB);
  for (var i = first + local; i < min(VOCAB, first + CHUNK); i += LANES) {
    let order = orderOf(logits[row + i]);
    // Of equals the first stays; of nothing but NaN too.
    if (order > best.x || best.y == VOCAB) {
      best = vec2u(order, i);
    }
  }
  peaks[group * LANES + local] = best;
}
