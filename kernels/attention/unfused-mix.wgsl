// Unfused attention without a barrier, step 3 of 3: one thread mixes four columns of the values for four queries.
// Joined behind a cells snippet (storage of v and out) and score.wgsl.
// Constants: as score.wgsl, GROUP, VDIM (a multiple of 4), QUERY_FOURS (ceil(QUERIES / 4)), KEY_FOURS (ceil(KEYS / 4)),
// THREADS, GRID_X, GROUPS. Workgroups: ceil(HEADS·QUERY_FOURS·VDIM/4 / THREADS), folded.
@group(0) @binding(0) var<storage, read> weights: array<vec4f>; // [head][query][key / 4]
@group(0) @binding(1) var<storage, read> scales: array<f32>; // [head][query]
@group(0) @binding(2) var<storage, read> v: array<Stored>; // rows of VDIM
@group(0) @binding(3) var<storage, read_write> out: array<Stored>; // rows of VDIM

const VDIM4 = VDIM / 4u;
const ONE_TO_FOUR = vec4u(0u, 1u, 2u, 3u);

fn storeRow(head: u32, query: u32, column: u32, sum: vec4f) {
  if (query < QUERIES) {
    out[(firstQuery(head) + query * QUERY_STRIDE) * VDIM4 + column] = stored(sum * scales[head * QUERIES + query]);
  }
}

// Adds weight·value of four keys to a query's row; fours beyond those it sees hold no weights.
fn mixed(w: vec4f, v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> vec4f {
  return (w.x * v0 + w.y * v1) + (w.z * v2 + w.w * v3);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let item = group * THREADS + local;
  if (group >= GROUPS || item >= HEADS * QUERY_FOURS * VDIM4) {
    return;
  }
  let column = item % VDIM4;
  let query = item / VDIM4 % QUERY_FOURS * 4u;
  let head = item / (VDIM4 * QUERY_FOURS);
  let rows = min(vec4u(query) + ONE_TO_FOUR, vec4u(QUERIES - 1u));
  let at = (vec4u(head * QUERIES) + rows) * KEY_FOURS;
  let value0 = firstKey(head / GROUP);
  // Fours that all four queries see at least in part; the last query may see one more, which is mixed apart.
  let seen = (min(vec4u(KEYS), rows + OFFSET + 1u) + 3u) / 4u;
  var o0 = vec4f();
  var o1 = vec4f();
  var o2 = vec4f();
  var o3 = vec4f();
  for (var j = 0u; j < seen.w; j++) {
    let keys = (vec4u(value0) + min(vec4u(4u * j) + ONE_TO_FOUR, vec4u(KEYS - 1u)) * KEY_STRIDE) * VDIM4 + column;
    let v0 = loaded(v[keys.x]);
    let v1 = loaded(v[keys.y]);
    let v2 = loaded(v[keys.z]);
    let v3 = loaded(v[keys.w]);
    if (j < seen.x) { o0 += mixed(weights[at.x + j], v0, v1, v2, v3); }
    if (j < seen.y) { o1 += mixed(weights[at.y + j], v0, v1, v2, v3); }
    if (j < seen.z) { o2 += mixed(weights[at.z + j], v0, v1, v2, v3); }
    o3 += mixed(weights[at.w + j], v0, v1, v2, v3);
  }
  storeRow(head, query, column, o0);
  storeRow(head, query + 1u, column, o1);
  storeRow(head, query + 2u, column, o2);
  storeRow(head, query + 3u, column, o3);
}
