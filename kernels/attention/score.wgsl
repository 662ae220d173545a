// Where rows stand, and how a product of a query and a key becomes a score in units of log2, so that weights are exp2.
// Joined in front of the shaders of attention, behind a mask snippet. Heads count through all batches.
// Constants: HEADS, BATCH_HEADS, KV_HEADS, BATCH_KV_HEADS, QUERIES, KEYS, OFFSET (query i sees keys 0 … i + OFFSET),
// POSITION_FIRST ([batch][position][head] instead of [batch][head][position]), CAPPED, SCALE (f32, log2(e)·scale, or
// scale/softcap where CAPPED), CAP (f32, log2(e)·softcap).
const LOWEST = -0x1.fffffep+127f;
const LOG2E = 1.4426950408889634f;
// A mask at or below this hides its key whatever the score: −∞, and the lowest finite f32 that models use for it.
const HIDDEN = -0x1p+126f;
const QUERY_STRIDE = select(1u, BATCH_HEADS, POSITION_FIRST);
const KEY_STRIDE = select(1u, BATCH_KV_HEADS, POSITION_FIRST);

// The first row of a head's queries, and of a kv head's keys and values; further ones follow at the strides above.
fn firstQuery(head: u32) -> u32 {
  if (POSITION_FIRST) { return head / BATCH_HEADS * QUERIES * BATCH_HEADS + head % BATCH_HEADS; }
  return head * QUERIES;
}
fn firstKey(kvHead: u32) -> u32 {
  if (POSITION_FIRST) { return kvHead / BATCH_KV_HEADS * KEYS * BATCH_KV_HEADS + kvHead % BATCH_KV_HEADS; }
  return kvHead * KEYS;
}

// tanh to a few units in the last place: WGSL's own may lose all digits of a small argument.
fn softTanh(x: f32) -> f32 {
  let square = x * x;
  let near = x * (1.0 + square * (-1.0 / 3.0 + square * (2.0 / 15.0 + square * (-17.0 / 315.0 + square * (62.0 / 2835.0)))));
  let far = 1.0 - 2.0 / (exp(2.0 * min(abs(x), 20.0)) + 1.0);
  return select(sign(x) * far, near, abs(x) < 0.25);
}

// Of a product of which all is visible and nothing masked.
fn scaled(product: f32) -> f32 {
  if (CAPPED) { return CAP * softTanh(product * SCALE); }
  return product * SCALE;
}

fn scoreOf(product: f32, head: u32, query: u32, key: u32) -> f32 {
  if (key >= KEYS || key > query + OFFSET) {
    return LOWEST;
  }
  if (!MASKED) { return scaled(product); }
  let added = maskAt(head, query, key);
  if (added <= HIDDEN) {
    return LOWEST;
  }
  return scaled(product) + LOG2E * added;
}
