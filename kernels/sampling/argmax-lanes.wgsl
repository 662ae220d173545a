// The best of a row's lanes, the lowest index of equals: one thread a row. A lane that met no token has index VOCAB.
// Constants: ROWS, CHUNKS, LANES, GRID_X, GROUPS. Workgroups: ceil(ROWS / 64), folded.
@group(0) @binding(0) var<storage, read> peaks: array<vec2u>; // [row][chunk][lane]: order, index
@group(0) @binding(1) var<storage, read_write> tokens: array<u32>; // [row]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= ROWS) {
    return;
  }
  let first = row * CHUNKS * LANES;
  var best = peaks[first];
  for (var i = 1u; i < CHUNKS * LANES; i++) {
    let other = peaks[first + i];
    if (other.x > best.x || (other.x == best.x && other.y < best.y)) {
      best = other;
    }
  }
  tokens[row] = best.y;
}
