// Draws each row's token among its nucleus, in order of index: a random number points into the kept weight; the chunk it
// falls into is found from the chunks' sums, and in it the token.
// Joined behind philox.wgsl and order.wgsl.
// Constants: as there, ROWS, SEED, CUTS (p below 1), THREADS (256; CHUNK is a multiple), GRID_X, GROUPS.
// Workgroups: ROWS, folded.
@group(0) @binding(1) var<storage, read> peaks: array<vec2u>; // [row][chunk]: order, index
@group(0) @binding(2) var<storage, read> states: array<vec4u>; // [row][5]: of the last, the limit and the weight wanted at it
@group(0) @binding(3) var<storage, read> chunks: array<vec4u>; // [row][chunk]: weight above, tokens at the limit
@group(0) @binding(4) var<storage, read> steps: array<u32>; // [1]: counts the draws of a sequence
@group(0) @binding(5) var<storage, read_write> tokens: array<u32>; // [row]

// What the row's threads must know: the chunk, weight before it (2), tokens at the limit before it; the point (2).
struct Place { chunk: u32, ties: u32, before: vec2u, point: vec2u, tieWeight: u32, tiesKept: u32, top: u32 }

var<workgroup> place: Place;
var<workgroup> runs: array<vec4u, THREADS>; // weight above and tokens at the limit of each thread's run
var<workgroup> owner: vec4u; // thread, ties before it; weight before it

fn times(a: u32, b: u32) -> vec2u {
  return vec2u(a * b, mul_hi(a, b));
}

// The fewest times `weight` that reach `goal`: at most 2¹⁸, since no vocabulary is longer.
fn fewest(goal: vec2u, weight: u32) -> u32 {
  var below = 0u;
  for (var bit = 1u << 18u; bit > 0u; bit >>= 1u) {
    if (!atLeast(times(below + bit, weight), goal)) { below += bit; }
  }
  return below + 1u;
}

// Weight of a chunk or run when the ties before it are `ties`: of those at the limit only the first ones are kept.
fn keptOf(sum: vec4u, ties: u32) -> vec2u {
  let room = place.tiesKept - min(place.tiesKept, ties);
  return plus(sum.xy, times(min(sum.z, room), place.tieWeight));
}

fn findChunk(row: u32) {
  let limit = states[row * 5u + 4u];
  var top = 0u;
  for (var i = 0u; i < CHUNKS; i++) {
    top = max(top, peaks[row * CHUNKS + i].x);
  }
  place.top = top;
  if (CUTS) {
    place.tieWeight = weightOf(limit.x, top);
    place.tiesKept = fewest(limit.yz, place.tieWeight);
  }
  var total = vec2u();
  var ties = 0u;
  for (var i = 0u; i < CHUNKS; i++) {
    total = plus(total, keptOf(chunks[row * CHUNKS + i], ties));
    ties += chunks[row * CHUNKS + i].z;
  }
  place.point = share(total, philox(vec4u(row, steps[0], 0u, 0u), vec2u(SEED, 0x746f6bu)).x);
  var before = vec2u();
  ties = 0u;
  for (var i = 0u; i < CHUNKS; i++) {
    let after = plus(before, keptOf(chunks[row * CHUNKS + i], ties));
    if (!atLeast(place.point, after)) {
      place.chunk = i;
      place.before = before;
      place.ties = ties;
      return;
    }
    before = after;
    ties += chunks[row * CHUNKS + i].z;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = id.y * GRID_X + id.x;
  if (row >= GROUPS) {
    return;
  }
  if (local == 0u) { findChunk(row); }
  workgroupBarrier();
  let limit = states[row * 5u + 4u].x;
  let run = CHUNK / THREADS;
  let first = place.chunk * CHUNK + local * run;
  var sum = vec4u();
  for (var i = first; i < min(VOCAB, first + run); i++) {
    let order = orderOf(logits[row * VOCAB + i]);
    if (order > limit || !CUTS) {
      sum = vec4u(plus(sum.xy, vec2u(weightOf(order, place.top), 0u)), sum.z, 0u);
    } else if (order == limit) {
      sum.z++;
    }
  }
  runs[local] = sum;
  workgroupBarrier();
  if (local == 0u) {
    var before = place.before;
    var ties = place.ties;
    for (var i = 0u; i < THREADS; i++) {
      let after = plus(before, keptOf(runs[i], ties));
      if (!atLeast(place.point, after)) {
        owner = vec4u(i, ties, before);
        break;
      }
      before = after;
      ties += runs[i].z;
    }
  }
  workgroupBarrier();
  if (local == owner.x) {
    var before = owner.zw;
    var ties = owner.y;
    for (var i = first; i < min(VOCAB, first + run); i++) {
      let order = orderOf(logits[row * VOCAB + i]);
      var weight = 0u;
      if (order > limit || !CUTS) {
        weight = weightOf(order, place.top);
      } else if (order == limit) {
        weight = select(0u, place.tieWeight, ties < place.tiesKept);
        ties++;
      }
      before = plus(before, vec2u(weight, 0u));
      if (!atLeast(place.point, before)) {
        tokens[row] = i;
        break;
      }
    }
  }
}
