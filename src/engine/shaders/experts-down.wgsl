// Down of all chosen experts of one row, each times its share, added to the residual stream. W holds OUTPUTS rows for every
// expert. Joined behind input-plain.wgsl, a weights-*.wgsl, a lanes-*.wgsl and a bias-*.wgsl. Constants: LANES, THREADS,
// CHUNKS, X_VECTORS, PER_TOKEN, OUTPUTS, OUT_STRIDE. Workgroups: [units / (THREADS / LANES), folded over y, rows].
@group(0) @binding(5) var<storage, read_write> result: array<f32>;
@group(0) @binding(7) var<storage, read> chosen: array<u32>; // [row][PER_TOKEN]
@group(0) @binding(8) var<storage, read> shares: array<f32>; // [row][PER_TOKEN]

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row0 = 4u * ((id.y * grid.x + id.x) * (THREADS / LANES) + local / LANES);
  var sums = vec4f();
  for (var slot = id.z * PER_TOKEN; slot < (id.z + 1u) * PER_TOKEN; slot++) {
    let row = chosen[slot] * OUTPUTS + row0;
    xRow = slot * X_VECTORS;
    var part = vec4f();
    for (var chunk = local % LANES; chunk < CHUNKS; chunk += LANES) {
      let c = chunkOfX(chunk);
      part += vec4f(
        dotChunk(row, chunk, c),
        dotChunk(row + 1u, chunk, c),
        dotChunk(row + 2u, chunk, c),
        dotChunk(row + 3u, chunk, c),
      );
    }
    sums += shares[slot] * part;
  }
  sums = unitSum4(local, sums);
  if (local % LANES > 0u) {
    return;
  }
  for (var i = 0u; i < 4u && row0 + i < OUTPUTS; i++) {
    var bias = 0.0;
    for (var slot = id.z * PER_TOKEN; slot < (id.z + 1u) * PER_TOKEN; slot++) {
      bias += shares[slot] * biasOf(chosen[slot] * OUTPUTS + row0 + i);
    }
    result[id.z * OUT_STRIDE + row0 + i] += sums[i] + bias;
  }
}
