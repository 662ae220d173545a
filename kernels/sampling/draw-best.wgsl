// Draws each row's token among the K best: gathers them from the chunks' candidates, ranks them, cuts them where their
// weight first reaches the share P, and takes the one that a random number points at, in order of rank.
// Joined behind philox.wgsl, order.wgsl and select.wgsl.
// Constants: as there, ROWS, CHUNKS, SHARE (p in units of 2⁻³²), CUTS (p below 1), SEED, STEP, GRID_X, GROUPS.
// Workgroups: ROWS, folded.
@group(0) @binding(0) var<storage, read> candidates: array<vec2u>; // [row][chunk][K]: order, index
@group(0) @binding(1) var<storage, read> steps: array<u32>; // [1]: counts the draws of a sequence
@group(0) @binding(2) var<storage, read_write> tokens: array<u32>; // [row]

var<private> row: u32;
var<workgroup> best: array<vec2u, K>;
var<workgroup> ranked: array<vec2u, K>; // index, weight

fn tokenAt(i: u32) -> vec2u {
  return candidates[row * CHUNKS * K + i];
}

fn choose() -> u32 {
  var total = vec2u();
  for (var i = 0u; i < K; i++) {
    total = plus(total, vec2u(ranked[i].y, 0u));
  }
  var kept = total;
  if (CUTS) {
    let goal = share(total, SHARE);
    kept = vec2u(ranked[0].y, 0u);
    for (var i = 1u; i < K && !atLeast(kept, goal); i++) {
      kept = plus(kept, vec2u(ranked[i].y, 0u));
    }
  }
  let point = share(kept, philox(vec4u(row, steps[0], 0u, 0u), vec2u(SEED, 0x746f6bu)).x);
  var passed = vec2u();
  for (var i = 0u; i < K; i++) {
    passed = plus(passed, vec2u(ranked[i].y, 0u));
    if (!atLeast(point, passed)) { return ranked[i].x; }
  }
  return ranked[0].x;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  row = group;
  let limit = kthBest(local, CHUNKS * K);
  for (var i = local; i < CHUNKS * K; i += THREADS) {
    let token = tokenAt(i);
    if (isChosen(token, limit)) {
      best[atomicAdd(&taken, 1u)] = token;
    }
  }
  workgroupBarrier();
  if (local < K) {
    let token = best[local];
    var rank = 0u;
    var peak = token.x;
    for (var i = 0u; i < K; i++) {
      peak = max(peak, best[i].x);
      if (best[i].x > token.x || (best[i].x == token.x && best[i].y < token.y)) { rank++; }
    }
    ranked[rank] = vec2u(token.y, weightOf(token.x, peak));
  }
  workgroupBarrier();
  if (local == 0u) {
    tokens[row] = choose();
  }
}
