// Attention of one new token over a cache without a barrier, step 2 of 2: one thread per head and four columns mixes the
// values, each block's weights scaled by how far its maximum lies below the largest.
// Joined behind a cells snippet (storage of v) and score.wgsl.
// Constants: as score.wgsl, GROUP, VDIM (a multiple of 4), BLOCK, BLOCKS, THREADS, GRID_X, GROUPS.
// Workgroups: ceil(HEADS·VDIM/4 / THREADS), folded.
@group(0) @binding(0) var<storage, read> weights: array<vec4f>; // [head][block][key / 4]
@group(0) @binding(1) var<storage, read> stats: array<vec2f>; // [head][block]: maximum, sum
@group(0) @binding(2) var<storage, read> v: array<Stored>; // rows of VDIM
@group(0) @binding(3) var<storage, read> lengths: array<u32>; // [batch]: keys in the cache, at most KEYS
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>; // [batch][head][VDIM]

const VDIM4 = VDIM / 4u;
const FOURS = BLOCK / 4u;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * THREADS + local;
  if (group >= GROUPS || element >= HEADS * VDIM4) {
    return;
  }
  let head = element / VDIM4;
  let column = element % VDIM4;
  let row0 = firstKey(head / GROUP);
  let length = min(lengths[head / BATCH_HEADS], KEYS);
  let used = (length + BLOCK - 1u) / BLOCK;
  var largest = LOWEST;
  for (var i = 0u; i < used; i++) {
    largest = max(largest, stats[head * BLOCKS + i].x);
  }
  var sum = vec4f();
  var total = 0.0;
  for (var i = 0u; i < used; i++) {
    let block = head * BLOCKS + i;
    let factor = exp2(stats[block].x - largest);
    total += factor * stats[block].y;
    var part = vec4f();
    for (var j = 0u; j < FOURS; j++) {
      let weight = weights[block * FOURS + j];
      // Keys past the last have no weight; their place is taken by the last, which is a number.
      let key = min(vec4u(i * BLOCK + 4u * j) + vec4u(0u, 1u, 2u, 3u), vec4u(length - 1u));
      let at = (vec4u(row0) + key * KEY_STRIDE) * VDIM4 + column;
      part += weight.x * loaded(v[at.x]) + weight.y * loaded(v[at.y]);
      part += weight.z * loaded(v[at.z]) + weight.w * loaded(v[at.w]);
    }
    sum += factor * part;
  }
  // A query whose keys are all hidden by a mask mixes nothing.
  out[element] = select(sum / total, vec4f(), largest == LOWEST);
}
