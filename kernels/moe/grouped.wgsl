// y[slot] = W[expert of the slot]·x for many slots, sorted by expert (bucket.wgsl): a workgroup of 8 × 8 threads takes a
// tile of 32 slots of one expert and 64 outputs, 32 of K at a time through workgroup memory, 4 × 8 sums a thread. Weights
// are unpacked once for 32 slots.
// Joined behind x-vectors.wgsl and a common/weights-*.wgsl; unrolled.
// Constants: as there, SHARED (slots in a row that share an x), OUTPUTS (a multiple of 4), VECTORS (K/4, a multiple of 8),
// TILES, GRID_X, GROUPS. Workgroups: TILES·ceil(OUTPUTS / 64), folded.
@group(0) @binding(AFTER + 1u) var<storage, read> order: array<u32>; // slots by expert
@group(0) @binding(AFTER + 2u) var<storage, read> tiles: array<vec4u>; // [TILES]: expert, first place in order, slots
@group(0) @binding(AFTER + 3u) var<storage, read_write> y: array<vec4f>; // [slot][OUTPUTS]

const OUT4 = OUTPUTS / 4u;
const ACROSS = (OUTPUTS + 63u) / 64u;

var<workgroup> xs: array<vec4f, 32 * 8>; // [k][slot / 4]
var<workgroup> ws: array<vec4f, 32 * 16>; // [k][output / 4]

// One 4 × 4 block a thread of x; slots past the tile's stand for its last.
fn stageX(first: u32, count: u32, v0: u32, local: u32) {
  var block = mat4x4f();
  for (var j = 0u; j < 4u; j++) {
    xRow = order[first + min(local % 8u * 4u + j, count - 1u)] / SHARED * VECTORS;
    block[j] = xVector(v0 + local / 8u);
  }
  block = transpose(block);
  let at = local / 8u * 32u + local % 8u;
  xs[at] = block[0]; xs[at + 8u] = block[1]; xs[at + 16u] = block[2]; xs[at + 24u] = block[3];
}

// Two blocks a thread of the weights; rows past the last stand for it.
fn stageWeights(expert: u32, row0: u32, v0: u32, local: u32) {
  for (var i = local; i < 128u; i += 64u) {
    var block = mat4x4f();
    for (var j = 0u; j < 4u; j++) {
      block[j] = weightVector(expert * OUTPUTS + min(row0 + i % 16u * 4u + j, OUTPUTS - 1u), v0 + i / 16u);
    }
    block = transpose(block);
    let at = i / 16u * 64u + i % 16u;
    ws[at] = block[0]; ws[at + 16u] = block[1]; ws[at + 32u] = block[2]; ws[at + 48u] = block[3];
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let tile = tiles[group / ACROSS];
  if (tile.z == 0u) {
    return;
  }
  let row0 = group % ACROSS * 64u;
  let ty = local / 8u;
  let tx = local % 8u;
  //! for s in 0..4
  var near$s = vec4f();
  var far$s = vec4f();
  //! end
  for (var v0 = 0u; v0 < VECTORS; v0 += 8u) {
    stageX(tile.y, tile.z, v0, local);
    stageWeights(tile.x, row0, v0, local);
    workgroupBarrier();
    for (var k = 0u; k < 32u; k++) {
      let slots = xs[k * 8u + ty];
      let w0 = ws[k * 16u + tx];
      let w1 = ws[k * 16u + tx + 8u];
      //! for s in 0..4
      near$s += slots[$s] * w0;
      far$s += slots[$s] * w1;
      //! end
    }
    workgroupBarrier();
  }
  //! for s in 0..4
  if (4u * ty + $su < tile.z) {
    let slot = order[tile.y + 4u * ty + $su];
    if (row0 / 4u + tx < OUT4) { y[slot * OUT4 + row0 / 4u + tx] = near$s; }
    if (row0 / 4u + tx + 8u < OUT4) { y[slot * OUT4 + row0 / 4u + tx + 8u] = far$s; }
  }
  //! end
}
