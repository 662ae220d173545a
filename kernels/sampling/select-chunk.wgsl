// The K best tokens of each chunk of each row, in no order. Joined behind order.wgsl and select.wgsl.
// Constants: as there, VOCAB, CHUNK (at least K), CHUNKS, GRID_X, GROUPS. Workgroups: rows·CHUNKS, folded.
@group(0) @binding(1) var<storage, read_write> candidates: array<vec2u>; // [row][chunk][K]: order, index

var<private> row: u32;
var<private> first: u32;

// Past the vocabulary stand tokens below all others: NaN's order and an index beyond every real one.
fn tokenAt(i: u32) -> vec2u {
  let index = first + i;
  if (index >= VOCAB) { return vec2u(0u, index); }
  return vec2u(orderOf(logits[row * VOCAB + index]), index);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  row = group / CHUNKS;
  first = group % CHUNKS * CHUNK;
  let limit = kthBest(local, CHUNK);
  for (var i = local; i < CHUNK; i += THREADS) {
    let token = tokenAt(i);
    if (isChosen(token, limit)) {
      candidates[group * K + atomicAdd(&taken, 1u)] = token;
    }
  }
}
