// A few rows of activations times W: each unit of LANES threads takes ROWS rows of W, each lane every LANES-th 16-byte chunk
// of them, so that a unit reads whole cache lines, ROWS loads are in flight, every x is used ROWS times and every chunk of W
// COLUMNS times. No barrier.
// Joined behind an input-*.wgsl, a weights-*.wgsl, a lanes-*.wgsl and an output-*.wgsl (rowsOfUnit, storeFour); unrolled
// over FOURS (ROWS / 4) and COLUMNS. Constants: LANES, THREADS, FOURS, COLUMNS (rows of x a workgroup takes), CHUNKS (a row
// of W), X_VECTORS (vec4f a row of x), HIDDEN and EPSILON (f32) of the norm.
// Workgroups: [units / (THREADS / LANES), folded over y, rows of x / COLUMNS]. Units past the end read some value and store
// none; the buffers have room for whole groups of COLUMNS.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let unit = ((id.y * grid.x + id.x) * (THREADS / LANES) + local / LANES) * FOURS;
  let lane = local % LANES;
  //! for f in 0..FOURS
  let rows$f = rowsOfFour(unit + $fu);
  //! for m in 0..COLUMNS
  var sums$f_$m = vec4f();
  //! end
  //! end
  //! for m in 0..COLUMNS
  var squares$m = 0.0;
  //! end
  for (var chunk = lane; chunk < CHUNKS; chunk += LANES) {
    //! for m in 0..COLUMNS
    xRow = (id.z * COLUMNS + $mu) * X_VECTORS;
    squares = squares$m;
    let x$m = chunkOfX(chunk);
    squares$m = squares;
    //! for f in 0..FOURS
    sums$f_$m += vec4f(
      dotChunk(rows$f.x, chunk, x$m),
      dotChunk(rows$f.y, chunk, x$m),
      dotChunk(rows$f.z, chunk, x$m),
      dotChunk(rows$f.w, chunk, x$m),
    );
    //! end
    //! end
  }
  //! for m in 0..COLUMNS
  var factor$m = 1.0;
  if (NORMED) {
    factor$m = inverseSqrt(unitSum(local, squares$m) / HIDDEN + EPSILON);
  }
  //! for f in 0..FOURS
  let product$f_$m = factor$m * unitSum4(local, sums$f_$m);
  if (lane == 0u) {
    storeFour(unit + $fu, id.z * COLUMNS + $mu, product$f_$m);
  }
  //! end
  //! end
}
