// y[slot] = W[expert of the slot]·x: one thread an element.
// Joined behind x-vectors.wgsl and a common/weights-*.wgsl.
// Constants: as there, SLOTS, SHARED (slots in a row that share an x), OUTPUTS, EXPERTS, VECTORS (K/4), GRID_X, GROUPS.
// Workgroups: ceil(SLOTS·OUTPUTS / 64), folded.
@group(0) @binding(AFTER + 1u) var<storage, read> experts: array<u32>; // [slot]
@group(0) @binding(AFTER + 2u) var<storage, read_write> y: array<f32>; // [slot][OUTPUTS]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 64u + local;
  if (group >= GROUPS || element >= SLOTS * OUTPUTS) {
    return;
  }
  let slot = element / OUTPUTS;
  let row = min(experts[slot], EXPERTS - 1u) * OUTPUTS + element % OUTPUTS;
  xRow = slot / SHARED * VECTORS;
  var sum = 0.0;
  for (var v = 0u; v < VECTORS; v++) {
    sum += dot(weightVector(row, v), xVector(v));
  }
  y[element] = sum;
}
