// C = A·B, row-major f32: 16 × 16 tiles of A and B pass through workgroup memory, one thread an element.
// Constants: M, N, K, TILES_N (tiles across a row of C), GRID_X, GROUPS. Workgroups: one per 16 × 16 tile of C, folded.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

const T = 16u;
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
    tileA[slot] = select(0.0, a[row * K + k0 + local.x], k0 + local.x < K);
    tileB[slot] = select(0.0, b[(k0 + local.y) * N + col], k0 + local.y < K);
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
