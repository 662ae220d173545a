// Attention of one new token over a cache without a barrier, step 1 of 2: one thread per head and BLOCK keys leaves their
// weights relative to the block's own maximum, so that no thread waits for another; and that maximum and their sum.
// Joined behind a cells snippet (storage of k) and score.wgsl.
// Constants: as score.wgsl, GROUP (heads per kv head), DIM (a multiple of 4), BLOCK (a multiple of 4), BLOCKS
// (ceil(KEYS / BLOCK)), THREADS, GRID_X, GROUPS. Workgroups: ceil(HEADS·BLOCKS / THREADS), folded.
@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [batch][head][DIM]
@group(0) @binding(1) var<storage, read> k: array<Stored>; // rows of DIM
@group(0) @binding(2) var<storage, read> lengths: array<u32>; // [batch]: keys in the cache, at most KEYS
@group(0) @binding(3) var<storage, read_write> weights: array<vec4f>; // [head][block][key / 4]
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>; // [head][block]: maximum, sum

const DIM4 = DIM / 4u;
const FOURS = BLOCK / 4u;

fn sumOf4(a: vec4f) -> f32 { return (a.x + a.y) + (a.z + a.w); }

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let item = group * THREADS + local;
  if (group >= GROUPS || item >= HEADS * BLOCKS) {
    return;
  }
  let head = item / BLOCKS;
  let first = item % BLOCKS * BLOCK;
  let length = min(lengths[head / BATCH_HEADS], KEYS);
  let atQuery = head * DIM4;
  let row0 = firstKey(head / GROUP);
  var largest = LOWEST;
  for (var key = first; key < first + BLOCK; key += 4u) {
    // Keys past the last stand for it, and are hidden.
    let at = (vec4u(row0) + min(vec4u(key) + vec4u(0u, 1u, 2u, 3u), vec4u(KEYS - 1u)) * KEY_STRIDE) * DIM4;
    var s0 = vec4f();
    var s1 = vec4f();
    var s2 = vec4f();
    var s3 = vec4f();
    for (var d = 0u; d < DIM4; d++) {
      let query = q[atQuery + d];
      s0 += query * loaded(k[at.x + d]);
      s1 += query * loaded(k[at.y + d]);
      s2 += query * loaded(k[at.z + d]);
      s3 += query * loaded(k[at.w + d]);
    }
    let visible = vec4u(key) + vec4u(0u, 1u, 2u, 3u) < vec4u(length);
    let scores = vec4f(
      scoreOf(sumOf4(s0), head, 0u, key),
      scoreOf(sumOf4(s1), head, 0u, key + 1u),
      scoreOf(sumOf4(s2), head, 0u, key + 2u),
      scoreOf(sumOf4(s3), head, 0u, key + 3u),
    );
    let shown = select(vec4f(LOWEST), scores, visible);
    weights[item * FOURS + (key - first) / 4u] = shown;
    largest = max(largest, max(max(shown.x, shown.y), max(shown.z, shown.w)));
  }
  var total = vec4f();
  for (var i = 0u; i < FOURS; i++) {
    let power = exp2(weights[item * FOURS + i] - largest);
    weights[item * FOURS + i] = power;
    total += power;
  }
  stats[item] = vec2f(largest, sumOf4(total));
}
