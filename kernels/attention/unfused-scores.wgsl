// Unfused attention without a barrier, step 1 of 3: one thread computes the scores of four queries and four keys straight
// from global memory; blocks that no query sees are skipped.
// Joined behind a cells snippet (storage of q and k) and score.wgsl.
// Constants: as score.wgsl, GROUP (heads per kv head), DIM (a multiple of 4), QUERY_FOURS (ceil(QUERIES / 4)), KEY_FOURS
// (ceil(KEYS / 4)), THREADS, GRID_X, GROUPS. Workgroups: ceil(HEADS·QUERY_FOURS·KEY_FOURS / THREADS), folded.
@group(0) @binding(0) var<storage, read> q: array<Stored>; // rows of DIM
@group(0) @binding(1) var<storage, read> k: array<Stored>; // rows of DIM
@group(0) @binding(2) var<storage, read_write> scores: array<vec4f>; // [head][query][key / 4]

const DIM4 = DIM / 4u;
const ONE_TO_FOUR = vec4u(0u, 1u, 2u, 3u);

fn storeScores(head: u32, query: u32, key: u32, s0: vec4f, s1: vec4f, s2: vec4f, s3: vec4f) {
  if (query >= QUERIES) {
    return;
  }
  let products = vec4f(dot(s0, vec4f(1.0)), dot(s1, vec4f(1.0)), dot(s2, vec4f(1.0)), dot(s3, vec4f(1.0)));
  let at = (head * QUERIES + query) * KEY_FOURS + key / 4u;
  if (!MASKED && key + 3u < KEYS && key + 3u <= query + OFFSET) {
    scores[at] = vec4f(scaled(products.x), scaled(products.y), scaled(products.z), scaled(products.w));
  } else {
    scores[at] = vec4f(
      scoreOf(products.x, head, query, key),
      scoreOf(products.y, head, query, key + 1u),
      scoreOf(products.z, head, query, key + 2u),
      scoreOf(products.w, head, query, key + 3u),
    );
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let item = group * THREADS + local;
  if (group >= GROUPS || item >= HEADS * QUERY_FOURS * KEY_FOURS) {
    return;
  }
  let key = item % KEY_FOURS * 4u;
  let query = item / KEY_FOURS % QUERY_FOURS * 4u;
  let head = item / (KEY_FOURS * QUERY_FOURS);
  if (key > query + 3u + OFFSET) {
    return;
  }
  // Rows past the last stand for it: such scores are hidden or not stored.
  let a = (vec4u(firstQuery(head)) + min(vec4u(query) + ONE_TO_FOUR, vec4u(QUERIES - 1u)) * QUERY_STRIDE) * DIM4;
  let b = (vec4u(firstKey(head / GROUP)) + min(vec4u(key) + ONE_TO_FOUR, vec4u(KEYS - 1u)) * KEY_STRIDE) * DIM4;
  var s00 = vec4f(); var s01 = vec4f(); var s02 = vec4f(); var s03 = vec4f();
  var s10 = vec4f(); var s11 = vec4f(); var s12 = vec4f(); var s13 = vec4f();
  var s20 = vec4f(); var s21 = vec4f(); var s22 = vec4f(); var s23 = vec4f();
  var s30 = vec4f(); var s31 = vec4f(); var s32 = vec4f(); var s33 = vec4f();
  for (var d = 0u; d < DIM4; d++) {
    let k0 = loaded(k[b.x + d]);
    let k1 = loaded(k[b.y + d]);
    let k2 = loaded(k[b.z + d]);
    let k3 = loaded(k[b.w + d]);
    let q0 = loaded(q[a.x + d]);
    s00 += q0 * k0; s01 += q0 * k1; s02 += q0 * k2; s03 += q0 * k3;
    let q1 = loaded(q[a.y + d]);
    s10 += q1 * k0; s11 += q1 * k1; s12 += q1 * k2; s13 += q1 * k3;
    let q2 = loaded(q[a.z + d]);
    s20 += q2 * k0; s21 += q2 * k1; s22 += q2 * k2; s23 += q2 * k3;
    let q3 = loaded(q[a.w + d]);
    s30 += q3 * k0; s31 += q3 * k1; s32 += q3 * k2; s33 += q3 * k3;
  }
  storeScores(head, query, key, s00, s01, s02, s03);
  storeScores(head, query + 1u, key, s10, s11, s12, s13);
  storeScores(head, query + 2u, key, s20, s21, s22, s23);
  storeScores(head, query + 3u, key, s30, s31, s32, s33);
}
