// Unfused attention without a barrier, step 1 of 3: one thread computes the scores of ROWS queries and 4·FOURS keys straight
// from global memory; blocks that no query sees are skipped.
// Joined behind a cells snippet (storage of q and k) and score.wgsl; unrolled over ROWS and FOURS.
// Constants: as score.wgsl, GROUP (heads per kv head), DIM (a multiple of 4), ROWS, FOURS, QUERY_BLOCKS (ceil(QUERIES /
// ROWS)), KEY_FOURS (vectors of a row of scores), KEY_BLOCKS (ceil(KEY_FOURS / FOURS)), THREADS, GRID_X, GROUPS.
// Workgroups: ceil(HEADS·QUERY_BLOCKS·KEY_BLOCKS / THREADS), folded.
@group(0) @binding(0) var<storage, read> q: array<Stored>; // rows of DIM
@group(0) @binding(1) var<storage, read> k: array<Stored>; // rows of DIM
@group(0) @binding(2) var<storage, read_write> scores: array<vec4f>; // [head][query][key / 4]

const DIM4 = DIM / 4u;

fn storeScores(head: u32, query: u32, key: u32, products: vec4f) {
  if (query >= QUERIES || key >= KEYS) {
    return;
  }
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
  if (group >= GROUPS || item >= HEADS * QUERY_BLOCKS * KEY_BLOCKS) {
    return;
  }
  let key = item % KEY_BLOCKS * 4u * FOURS;
  let query = item / KEY_BLOCKS % QUERY_BLOCKS * ROWS;
  let head = item / (KEY_BLOCKS * QUERY_BLOCKS);
  if (key > query + ROWS - 1u + OFFSET) {
    return;
  }
  // Rows past the last stand for it: such scores are hidden or not stored.
  let query0 = firstQuery(head);
  let key0 = firstKey(head / GROUP);
  //! for r in 0..ROWS
  let a$r = (query0 + min(query + $ru, QUERIES - 1u) * QUERY_STRIDE) * DIM4;
  //! end
  //! for f in 0..FOURS
  let b$f = (vec4u(key0) + min(vec4u(key + 4u * $fu) + vec4u(0u, 1u, 2u, 3u), vec4u(KEYS - 1u)) * KEY_STRIDE) * DIM4;
  //! for r in 0..ROWS
  var s$r_$f = vec4f();
  //! end
  //! end
  for (var d = 0u; d < DIM4; d++) {
    //! for r in 0..ROWS
    let q$r = loaded(q[a$r + d]);
    //! end
    //! for f in 0..FOURS
    let x$f = loaded(k[b$f.x + d]);
    let y$f = loaded(k[b$f.y + d]);
    let z$f = loaded(k[b$f.z + d]);
    let w$f = loaded(k[b$f.w + d]);
    //! for r in 0..ROWS
    s$r_$f += vec4f(dot(q$r, x$f), dot(q$r, y$f), dot(q$r, z$f), dot(q$r, w$f));
    //! end
    //! end
  }
  //! for f in 0..FOURS
  //! for r in 0..ROWS
  storeScores(head, query + $ru, key + 4u * $fu, s$r_$f);
  //! end
  //! end
}
