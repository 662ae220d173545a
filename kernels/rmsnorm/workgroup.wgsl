// y = x·weight / √(mean(x²) + eps), row by row: one workgroup a row, neighbouring threads on neighbouring elements.
// Joined behind common/reduce.wgsl (workgroupSum).
// Constants: ROWS, WIDTH, EPS (f32), THREADS, GRID_X, GROUPS. Workgroups: ROWS, folded.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = id.y * GRID_X + id.x;
  if (row >= GROUPS) {
    return;
  }
  var squares = 0.0;
  for (var i = local; i < WIDTH; i += THREADS) {
    let value = x[row * WIDTH + i];
    squares += value * value;
  }
  let scale = 1.0 / sqrt(workgroupSum(local, squares) / f32(WIDTH) + EPS);
  for (var i = local; i < WIDTH; i += THREADS) {
    y[row * WIDTH + i] = x[row * WIDTH + i] * scale * weight[i];
  }
}
