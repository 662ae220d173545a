// Rotary position embedding: eight elements a thread in two requests, or four that are not turned.
// Joined behind a cells snippet and one with the entry point. The tables are f32 whatever x is.
// Constants: SEQ, HEADS, ROWS (batches·heads·positions), DIM, ROTARY (columns turned, a multiple of 8), INTERLEAVED (pairs
// are neighbours, else halves apart), POSITION_FIRST (layout), THREADS, GRID_X, GROUPS.
// Workgroups: ceil(ROWS·(ROTARY/8 + (DIM − ROTARY)/4) / THREADS), folded.
@group(0) @binding(0) var<storage, read> x: array<Stored>; // [batch][head][position][DIM], or [batch][position][head][DIM]
@group(0) @binding(1) var<storage, read> positions: array<u32>; // [batch][position]: the row of the tables
@group(0) @binding(2) var<storage, read> cosine: array<vec4f>; // [row][ROTARY/2]
@group(0) @binding(3) var<storage, read> sine: array<vec4f>; // [row][ROTARY/2]
@group(0) @binding(4) var<storage, read_write> y: array<Stored>; // as x

const HALF4 = ROTARY / 8u;
const DIM4 = DIM / 4u;
const ITEMS = DIM4 - HALF4;

fn work(group: u32, local: u32) {
  let item = group * THREADS + local;
  if (item >= ROWS * ITEMS) {
    return;
  }
  let row = item / ITEMS;
  let quad = item % ITEMS;
  if (quad >= HALF4) {
    y[row * DIM4 + HALF4 + quad] = x[row * DIM4 + HALF4 + quad];
    return;
  }
  let position = select(row % SEQ, row / HEADS % SEQ, POSITION_FIRST);
  let angle = positions[row / (HEADS * SEQ) * SEQ + position] * HALF4 + quad;
  let c = cosine[angle];
  let s = sine[angle];
  if (INTERLEAVED) {
    let at = row * DIM4 + 2u * quad;
    let low = loaded(x[at]);
    let high = loaded(x[at + 1u]);
    y[at] = stored(low * c.xxyy + vec4f(-low.y, low.x, -low.w, low.z) * s.xxyy);
    y[at + 1u] = stored(high * c.zzww + vec4f(-high.y, high.x, -high.w, high.z) * s.zzww);
  } else {
    let at = row * DIM4 + quad;
    let first = loaded(x[at]);
    let second = loaded(x[at + HALF4]);
    y[at] = stored(first * c - second * s);
    y[at + HALF4] = stored(second * c + first * s);
  }
}
