// Gate and up of one chosen expert of one row, through the activation: product.wgsl for weights that are found by looking up
// which expert was chosen. W holds WIDTH rows of gate and as many of up for every expert.
// Joined behind input-normed.wgsl, a weights-*.wgsl, a lanes-*.wgsl, a bias-*.wgsl and activate.wgsl. Constants: LANES,
// THREADS, CHUNKS, X_VECTORS, HIDDEN, EPSILON, PER_TOKEN, WIDTH, OUT_STRIDE.
// Workgroups: [units / (THREADS / LANES), folded over y, rows · PER_TOKEN].
@group(0) @binding(5) var<storage, read_write> result: array<f32>; // [row][PER_TOKEN][OUT_STRIDE]
@group(0) @binding(7) var<storage, read> chosen: array<u32>; // [row][PER_TOKEN]

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let pair = 2u * ((id.y * grid.x + id.x) * (THREADS / LANES) + local / LANES);
  let gates = chosen[id.z] * 2u * WIDTH + pair;
  let ups = gates + WIDTH;
  xRow = id.z / PER_TOKEN * X_VECTORS;
  var sums = vec4f();
  for (var chunk = local % LANES; chunk < CHUNKS; chunk += LANES) {
    let c = chunkOfX(chunk);
    sums += vec4f(
      dotChunk(gates, chunk, c),
      dotChunk(ups, chunk, c),
      dotChunk(gates + 1u, chunk, c),
      dotChunk(ups + 1u, chunk, c),
    );
  }
  sums = unitSum4(local, sums) * inverseSqrt(unitSum(local, squares) / HIDDEN + EPSILON);
  if (local % LANES > 0u) {
    return;
  }
  for (var i = 0u; i < 2u; i++) {
    if (pair + i < WIDTH) {
      let gate = sums[2u * i] + biasOf(gates + i);
      let up = sums[2u * i + 1u] + biasOf(ups + i);
      result[id.z * OUT_STRIDE + pair + i] = activate(gate, up);
    }
  }
}
