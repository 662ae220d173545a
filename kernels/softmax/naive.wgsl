// y = exp(x − max) / Σ exp(x − max), row by row: one thread a row, three passes. −∞ counts as the lowest finite f32.
// Constants: ROWS, WIDTH, GRID_X, GROUPS. Workgroups: ceil(ROWS / 64), folded.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

// WGSL lets a compiler assume that no infinity occurs, so −∞ is replaced before any arithmetic.
const LOWEST = -0x1.fffffep+127f;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let row = group * 64u + local;
  if (group >= GROUPS || row >= ROWS) {
    return;
  }
  var largest = LOWEST;
  for (var i = 0u; i < WIDTH; i++) {
    largest = max(largest, x[row * WIDTH + i]);
  }
  var sum = 0.0;
  for (var i = 0u; i < WIDTH; i++) {
    sum += exp(max(x[row * WIDTH + i], LOWEST) - largest);
  }
  for (var i = 0u; i < WIDTH; i++) {
    y[row * WIDTH + i] = exp(max(x[row * WIDTH + i], LOWEST) - largest) / sum;
  }
}
