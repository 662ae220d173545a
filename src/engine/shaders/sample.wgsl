// Draws the next token of each sequence from softmax(logits / temperature), cut to the topK largest and then to the fewest of
// those whose share reaches topP: one workgroup a sequence. The cuts are found digit by digit, four bits of the logit's order
// at a time; the draw is the largest of logit / temperature plus Gumbel noise, which is a draw from the softmax (Gumbel 1954).
// The noise is a hash of seed, step, sequence and token, so that a seed gives the same text again on the same device.
// Joined behind state.wgsl. Constants: VOCAB, STRIDE (of logits), THREADS, BATCH, RING (steps). Workgroups: [1, 1, sequences].
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(7) var<storage, read_write> ring: array<u32>;

const DIGITS = 16u;
var<workgroup> bins: array<f32, THREADS * DIGITS>;
var<workgroup> sums: array<f32, DIGITS>;
var<workgroup> best: array<f32, THREADS>;
var<workgroup> places: array<u32, THREADS>;

// Whole numbers that stand in the order of the floats they come from.
fn orderOf(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn largestLogit(first: u32, local: u32) -> f32 {
  var most = -0x1.fffffep+127f;
  for (var i = local; i < VOCAB; i += THREADS) {
    most = max(most, logits[first + i]);
  }
  best[local] = most;
  workgroupBarrier();
  for (var i = 0u; i < THREADS; i++) {
    most = max(most, best[i]);
  }
  workgroupBarrier();
  return most;
}

// How much a token counts: itself, or its share of the softmax in units of the largest.
fn weightOf(logit: f32, most: f32, byShare: bool) -> f32 {
  return select(1.0, exp((logit - most) / state.temperature), byShare);
}

// Sum over the tokens of at least that order.
fn weightFrom(first: u32, local: u32, least: u32, most: f32) -> f32 {
  var sum = 0.0;
  for (var i = local; i < VOCAB; i += THREADS) {
    let logit = logits[first + i];
    sum += select(0.0, weightOf(logit, most, true), orderOf(logit) >= least);
  }
  best[local] = sum;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < THREADS; i++) {
    total += best[i];
  }
  workgroupBarrier();
  return total;
}

// The highest order from which on the tokens' weights reach `goal`.
fn limitFor(first: u32, local: u32, most: f32, byShare: bool, goal: f32) -> u32 {
  var prefix = 0u;
  var above = 0.0;
  for (var shift = 32u; shift > 0u; shift -= 4u) {
    let low = shift - 4u;
    for (var d = 0u; d < DIGITS; d++) {
      bins[local * DIGITS + d] = 0.0;
    }
    for (var i = local; i < VOCAB; i += THREADS) {
      let logit = logits[first + i];
      let order = orderOf(logit);
      // The digits above this one must be those found so far.
      if (shift == 32u || (order >> (shift & 31u)) == (prefix >> (shift & 31u))) {
        bins[local * DIGITS + ((order >> low) & 15u)] += weightOf(logit, most, byShare);
      }
    }
    workgroupBarrier();
    for (var d = local; d < DIGITS; d += THREADS) {
      var sum = 0.0;
      for (var i = 0u; i < THREADS; i++) {
        sum += bins[i * DIGITS + d];
      }
      sums[d] = sum;
    }
    workgroupBarrier();
    var digit = DIGITS - 1u;
    while (digit > 0u && above + sums[digit] < goal) {
      above += sums[digit];
      digit -= 1u;
    }
    prefix |= digit << low;
    workgroupBarrier();
  }
  return prefix;
}

// Uniform in (0, 1): PCG (Jarzynski and Olano 2020) over what tells this draw apart.
fn uniformOf(sequence: u32, token: u32) -> f32 {
  var word = token;
  word = hashOf(word ^ hashOf(state.step ^ hashOf(sequence ^ hashOf(state.seed))));
  return (f32(word >> 8u) + 0.5) * 0x1p-24f;
}

fn hashOf(value: u32) -> u32 {
  let mixed = value * 747796405u + 2891336453u;
  let word = ((mixed >> ((mixed >> 28u) + 4u)) ^ mixed) * 277803737u;
  return (word >> 22u) ^ word;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let first = id.z * STRIDE;
  let most = largestLogit(first, local);
  var least = 0u;
  if (state.topK > 0u && state.topK < VOCAB) {
    least = limitFor(first, local, most, false, f32(state.topK));
  }
  if (state.topP < 1.0) {
    let total = weightFrom(first, local, least, most);
    least = max(least, limitFor(first, local, most, true, state.topP * total));
  }
  var highest = -0x1.fffffep+127f;
  var at = VOCAB;
  for (var i = local; i < VOCAB; i += THREADS) {
    let logit = logits[first + i];
    let noisy = (logit - most) / state.temperature - log(-log(uniformOf(id.z, i)));
    if (orderOf(logit) >= least && noisy > highest) {
      highest = noisy;
      at = i;
    }
  }
  best[local] = highest;
  places[local] = at;
  workgroupBarrier();
  if (local > 0u) {
    return;
  }
  for (var i = 1u; i < THREADS; i++) {
    if (best[i] > highest || (best[i] == highest && places[i] < at)) {
      highest = best[i];
      at = places[i];
    }
  }
  tokens[id.z] = at;
  ring[(state.step % RING) * BATCH + id.z] = at;
}
