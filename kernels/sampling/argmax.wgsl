// The best of a row's peaks, the lowest index of equals: one thread a row. A peak of no token has index VOCAB.
// Constants: ROWS, PEAKS (of a row), GRID_X, GROUPS. Workgroups: ceil(ROWS / 64), folded.
@group(0) @binding(0) var<storage, read> peaks: array<vec2u>; // [row][peak]: order, index
@group(0) @binding(1) var<storage, read_write> tokens: array<u32>; // [row]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= ROWS) {
    return;
  }
  let first = row * PEAKS;
  var best = peaks[first];
  for (var i = 1u; i < PEAKS; i++) {
    let other = peaks[first + i];
    if (other.x > best.x || (other.x == best.x && other.y < best.y)) {
      best = other;
    }
  }
  tokens[row] = best.y;
}
