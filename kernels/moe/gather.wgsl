// y[slot] = W[expert of the slot]·x for few slots: TEAM threads take four rows of an expert's weights, neighbours on
// neighbouring 16-byte chunks, so that only the chosen experts' rows are read, once a slot.
// Joined behind x-vectors.wgsl and a common/weights-*.wgsl; unrolled over TEAMED (1 where TEAM > 1).
// Constants: as there, SLOTS, SHARED (slots in a row that share an x), OUTPUTS (a multiple of 4), EXPERTS, VECTORS (K/4),
// CHUNKS, TEAM, THREADS, GRID_X, GROUPS. Workgroups: ceil(SLOTS·OUTPUTS/4 / (THREADS / TEAM)), folded.
@group(0) @binding(AFTER + 1u) var<storage, read> experts: array<u32>; // [slot]
@group(0) @binding(AFTER + 2u) var<storage, read_write> y: array<vec4f>; // [slot][OUTPUTS]

//! if TEAMED
var<workgroup> parts: array<vec4f, THREADS>;
//! end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  // A team past the last repeats its work and stores nothing: barriers want every thread.
  let four = group * (THREADS / TEAM) + local / TEAM;
  let mine = min(four, SLOTS * (OUTPUTS / 4u) - 1u);
  let slot = mine / (OUTPUTS / 4u);
  let row = min(experts[slot], EXPERTS - 1u) * OUTPUTS + mine % (OUTPUTS / 4u) * 4u;
  xRow = slot / SHARED * VECTORS;
  var sum = vec4f();
  for (var chunk = local % TEAM; chunk < CHUNKS; chunk += TEAM) {
    let met = chunkOfX(chunk);
    sum += vec4f(
      dotChunk(row, chunk, met),
      dotChunk(row + 1u, chunk, met),
      dotChunk(row + 2u, chunk, met),
      dotChunk(row + 3u, chunk, met),
    );
  }
  //! if TEAMED
  parts[local] = sum;
  workgroupBarrier();
  if (local % TEAM != 0u) {
    return;
  }
  for (var i = 1u; i < TEAM; i++) {
    sum += parts[local + i];
  }
  //! end
  if (four == mine) {
    y[mine] = sum;
  }
}
