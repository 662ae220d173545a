// Unfused attention without a barrier, step 3 of 3: one thread mixes 4·FOURS columns of the values for ROWS queries.
// Joined behind a cells snippet (storage of v and out) and score.wgsl; unrolled over ROWS and FOURS.
// Constants: as score.wgsl, GROUP, VDIM (a multiple of 4), ROWS, FOURS, QUERY_BLOCKS (ceil(QUERIES / ROWS)), KEY_FOURS
// (vectors of a row of weights), COLUMN_BLOCKS (ceil(VDIM / (4·FOURS))), THREADS, GRID_X, GROUPS.
// Workgroups: ceil(HEADS·QUERY_BLOCKS·COLUMN_BLOCKS / THREADS), folded.
@group(0) @binding(0) var<storage, read> weights: array<vec4f>; // [head][query][key / 4]
@group(0) @binding(1) var<storage, read> scales: array<f32>; // [head][query]
@group(0) @binding(2) var<storage, read> v: array<Stored>; // rows of VDIM
@group(0) @binding(3) var<storage, read_write> out: array<Stored>; // rows of VDIM

const VDIM4 = VDIM / 4u;

fn storeRow(head: u32, query: u32, column: u32, sum: vec4f) {
  if (query < QUERIES && column < VDIM4) {
    out[(firstQuery(head) + query * QUERY_STRIDE) * VDIM4 + column] = stored(sum * scales[head * QUERIES + query]);
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let item = group * THREADS + local;
  if (group >= GROUPS || item >= HEADS * QUERY_BLOCKS * COLUMN_BLOCKS) {
    return;
  }
  let column = item % COLUMN_BLOCKS * FOURS;
  let query = item / COLUMN_BLOCKS % QUERY_BLOCKS * ROWS;
  let head = item / (COLUMN_BLOCKS * QUERY_BLOCKS);
  let value0 = firstKey(head / GROUP);
  //! for r in 0..ROWS
  let a$r = (head * QUERIES + min(query + $ru, QUERIES - 1u)) * KEY_FOURS;
  // Fours of keys that the query sees at least in part; no weights stand beyond them.
  let seen$r = (min(KEYS, query + $ru + OFFSET + 1u) + 3u) / 4u;
  //! for f in 0..FOURS
  var o$r_$f = vec4f();
  //! end
  //! end
  // The last query sees the most.
  for (var j = 0u; j < (min(KEYS, query + ROWS + OFFSET) + 3u) / 4u; j++) {
    let rows = (vec4u(value0) + min(vec4u(4u * j) + vec4u(0u, 1u, 2u, 3u), vec4u(KEYS - 1u)) * KEY_STRIDE) * VDIM4;
    //! for r in 0..ROWS
    var w$r = vec4f();
    if (j < seen$r) { w$r = weights[a$r + j]; }
    //! end
    //! for f in 0..FOURS
    let at$f = rows + min(column + $fu, VDIM4 - 1u);
    let x$f = loaded(v[at$f.x]);
    let y$f = loaded(v[at$f.y]);
    let z$f = loaded(v[at$f.z]);
    let u$f = loaded(v[at$f.w]);
    //! for r in 0..ROWS
    o$r_$f += (w$r.x * x$f + w$r.y * y$f) + (w$r.z * z$f + w$r.w * u$f);
    //! end
    //! end
  }
  //! for r in 0..ROWS
  //! for f in 0..FOURS
  storeRow(head, query + $ru, column + $fu, o$r_$f);
  //! end
  //! end
}
