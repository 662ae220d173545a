// The best of a row's chunks: one thread a row. The chunks ascend, so the first of equals is the lowest.
// Constants: ROWS, CHUNKS, GRID_X, GROUPS. Workgroups: ceil(ROWS / 64), folded.
@group(0) @binding(0) var<storage, read> peaks: array<vec2u>; // [row][chunk]: order, index
@group(0) @binding(1) var<storage, read_write> tokens: array<u32>; // [row]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= ROWS) {
    return;
  }
  var best = peaks[row * CHUNKS];
  for (var i = 1u; i < CHUNKS; i++) {
    if (peaks[row * CHUNKS + i].x > best.x) {
      best = peaks[row * CHUNKS + i];
    }
  }
  tokens[row] = best.y;
}
