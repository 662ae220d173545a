// Rotary position embedding: one thread an element pair, or an element that is not turned.
// Constants: SEQ, HEADS, ROWS (batches·heads·positions), DIM, ROTARY (columns turned), INTERLEAVED (pairs are neighbours,
// else halves apart), POSITION_FIRST (layout), GRID_X, GROUPS. Workgroups: ceil(ROWS·(DIM − ROTARY/2) / 256), folded.
@group(0) @binding(0) var<storage, read> x: array<f32>; // [batch][head][position][DIM], or [batch][position][head][DIM]
@group(0) @binding(1) var<storage, read> positions: array<u32>; // [batch][position]: the row of the tables
@group(0) @binding(2) var<storage, read> cosine: array<f32>; // [row][ROTARY/2]
@group(0) @binding(3) var<storage, read> sine: array<f32>; // [row][ROTARY/2]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // as x

const HALF = ROTARY / 2u;
const ITEMS = DIM - HALF;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let item = group * 256u + local;
  if (group >= GROUPS || item >= ROWS * ITEMS) {
    return;
  }
  let row = item / ITEMS;
  let pair = item % ITEMS;
  if (pair >= HALF) {
    y[row * DIM + HALF + pair] = x[row * DIM + HALF + pair];
    return;
  }
  let position = select(row % SEQ, row / HEADS % SEQ, POSITION_FIRST);
  let angle = positions[row / (HEADS * SEQ) * SEQ + position] * HALF + pair;
  let at = row * DIM + select(pair, 2u * pair, INTERLEAVED);
  let partner = at + select(HALF, 1u, INTERLEAVED);
  let first = x[at];
  let second = x[partner];
  y[at] = first * cosine[angle] - second * sine[angle];
  y[partner] = second * cosine[angle] + first * sine[angle];
}
