// The largest logit of each row, the lowest index of equals: one thread a row. Joined behind order.wgsl.
// Constants: ROWS, VOCAB, GRID_X, GROUPS. Workgroups: ceil(ROWS / 64), folded.
@group(0) @binding(1) var<storage, read_write> tokens: array<u32>; // [row]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= ROWS) {
    return;
  }
  var best = 0u;
  var order = orderOf(logits[row * VOCAB]);
  for (var i = 1u; i < VOCAB; i++) {
    let other = orderOf(logits[row * VOCAB + i]);
    if (other > order) {
      best = i;
      order = other;
    }
  }
  tokens[row] = best;
}
