// y = W·x, row-major f32: one thread a row, one f32 at a time. Neighbouring threads read K floats apart.
// Constants: N, K, GRID_X, GROUPS. Workgroups: ceil(N / 64), folded.
@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= N) {
    return;
  }
  var sum = 0.0;
  for (var k = 0u; k < K; k++) {
    sum += w[row * K + k] * x[k];
  }
  y[row] = sum;
}
