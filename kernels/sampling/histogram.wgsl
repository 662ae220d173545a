// Adds up each row's weights by one digit of the tokens' order, among those that have the digits found so far.
// Joined behind order.wgsl and descend.wgsl. The bins start at 0 (cleared by clear.wgsl).
// Constants: as there, VOCAB, CHUNK, ROUND (0 … 3), GRID_X, GROUPS. Workgroups: rows·CHUNKS, folded.
var<workgroup> low: array<atomic<u32>, 256>;
var<workgroup> high: array<atomic<u32>, 256>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let row = group / CHUNKS;
  let first = group % CHUNKS * CHUNK;
  var found = vec4u();
  if (ROUND > 0u) {
    found = descended(row, ROUND - 1u, local);
    if (group % CHUNKS == 0u && local == 0u) { states[row * 5u + ROUND] = found; }
  }
  let top = peakOf(row, local);
  for (var i = first + local; i < min(VOCAB, first + CHUNK); i += THREADS) {
    let order = orderOf(logits[row * VOCAB + i]);
    // Shifted by 32 − 8·ROUND in two steps: a shift by 32 is not defined.
    if (((order ^ found.x) >> (31u - 8u * ROUND)) >> 1u == 0u) {
      let weight = weightOf(order, top);
      let digit = (order >> (24u - 8u * ROUND)) & 255u;
      if (weight > 0u && atomicAdd(&low[digit], weight) + weight < weight) { atomicAdd(&high[digit], 1u); }
    }
  }
  workgroupBarrier();
  let sum = vec2u(atomicLoad(&low[local]), atomicLoad(&high[local]));
  if (sum.x > 0u || sum.y > 0u) {
    let at = ((row * 4u + ROUND) * 256u + local) * 2u;
    let carry = select(0u, 1u, atomicAdd(&bins[at], sum.x) + sum.x < sum.x);
    if (sum.y + carry > 0u) { atomicAdd(&bins[at + 1u], sum.y + carry); }
  }
}
