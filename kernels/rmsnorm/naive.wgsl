// y = x·weight / √(mean(x²) + eps), row by row: one thread a row.
// Constants: ROWS, WIDTH, EPS (f32), GRID_X, GROUPS. Workgroups: ceil(ROWS / 64), folded.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= ROWS) {
    return;
  }
  var squares = 0.0;
  for (var i = 0u; i < WIDTH; i++) {
    let value = x[row * WIDTH + i];
    squares += value * value;
  }
  let scale = 1.0 / sqrt(squares / f32(WIDTH) + EPS);
  for (var i = 0u; i < WIDTH; i++) {
    y[row * WIDTH + i] = x[row * WIDTH + i] * scale * weight[i];
  }
}
