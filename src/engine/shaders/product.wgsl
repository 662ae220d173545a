// One row of activations times W: each unit of LANES threads takes four rows of W, each lane every LANES-th 16-byte chunk
// of them, so that a unit reads whole cache lines, four loads are in flight and every x is used four times. No barrier.
// Joined behind an input-*.wgsl, a weights-*.wgsl, a reduce-*.wgsl and an output-*.wgsl (rowsOfUnit, storeUnit).
// Constants: LANES, THREADS, CHUNKS (a row of W), X_VECTORS (vec4f a row of x), HIDDEN and EPSILON (f32) of the norm.
// Workgroups: [units / (THREADS / LANES), folded over y, rows of x]. Units past the end read some value and store none.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let unit = (id.y * grid.x + id.x) * (THREADS / LANES) + local / LANES;
  let lane = local % LANES;
  let rows = rowsOfUnit(unit);
  xRow = id.z * X_VECTORS;
  var sums = vec4f();
  for (var chunk = lane; chunk < CHUNKS; chunk += LANES) {
    let c = chunkOfX(chunk);
    sums += vec4f(
      dotChunk(rows.x, chunk, c),
      dotChunk(rows.y, chunk, c),
      dotChunk(rows.z, chunk, c),
      dotChunk(rows.w, chunk, c),
    );
  }
  sums = unitSum4(local, sums);
  if (NORMED) {
    sums *= inverseSqrt(unitSum(local, squares) / HIDDEN + EPSILON);
  }
  storeUnit(unit, lane, id.z, sums);
}
