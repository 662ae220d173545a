// C = A·B: T × T tiles of A and B pass through workgroup memory, one thread an element. Joined behind a-scalars.wgsl,
// b-scalars.wgsl or b-quantised.wgsl (elementA, elementB) and c-scalars.wgsl.
// Constants: M, N, K, T, TILES_N (tiles across a row of C), GRID_X, GROUPS. Workgroups: one per T × T tile of C, folded.
var<workgroup> tileA: array<f32, T * T>;
var<workgroup> tileB: array<f32, T * T>;

@compute @workgroup_size(T, T)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let row = group / TILES_N * T + local.y;
  let col = group % TILES_N * T + local.x;
  let slot = local.y * T + local.x;
  var sum = 0.0;
  for (var k0 = 0u; k0 < K; k0 += T) {
    // Zeros past K; rows and columns past the edge read some value (WGSL clamps) that is never stored.
    tileA[slot] = elementA(row, k0 + local.x);
    tileB[slot] = elementB(k0 + local.y, col);
    workgroupBarrier();
    for (var k = 0u; k < T; k++) {
      sum += tileA[local.y * T + k] * tileB[k * T + local.x];
    }
    workgroupBarrier();
  }
  if (row < M && col < N) {
    c[row * N + col] = sum;
  }
}
