// C = A·B: one thread an element, everything from global memory. Joined behind a-scalars.wgsl, b-scalars.wgsl or
// b-quantised.wgsl (elementA, elementB) and c-scalars.wgsl.
// Constants: M, N, K, GRID_X, GROUPS. Workgroups: ceil(M·N / 64), folded.
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 64u + local;
  if (group >= GROUPS || element >= M * N) {
    return;
  }
  let row = element / N;
  let col = element % N;
  var sum = 0.0;
  for (var k = 0u; k < K; k++) {
    sum += elementA(row, k) * elementB(k, col);
  }
  c[element] = sum;
}
