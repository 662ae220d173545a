// C = A·B, row-major f32: one thread an element, everything from global memory.
// Constants: M, N, K, GRID_X, GROUPS. Workgroups: ceil(M·N / 64), folded.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

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
    sum += a[row * K + k] * b[k * N + col];
  }
  c[element] = sum;
}
