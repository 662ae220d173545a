// y = exp(x − max) / Σ exp(x − max), row by row: one workgroup a row. −∞ counts as the lowest finite f32.
// Joined behind common/reduce.wgsl (workgroupMax, workgroupSum).
// Constants: ROWS, WIDTH, THREADS, GRID_X, GROUPS. Workgroups: ROWS, folded.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

// WGSL lets a compiler assume that no infinity occurs, so −∞ is replaced before any arithmetic.
const LOWEST = -0x1.fffffep+127f;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = id.y * GRID_X + id.x;
  if (row >= GROUPS) {
    return;
  }
  var largest = LOWEST;
  for (var i = local; i < WIDTH; i += THREADS) {
    largest = max(largest, x[row * WIDTH + i]);
  }
  largest = workgroupMax(local, largest);
  var sum = 0.0;
  for (var i = local; i < WIDTH; i += THREADS) {
    let value = exp(max(x[row * WIDTH + i], LOWEST) - largest);
    y[row * WIDTH + i] = value;
    sum += value;
  }
  let scale = 1.0 / workgroupSum(local, sum);
  // Each thread scales the elements it wrote itself.
  for (var i = local; i < WIDTH; i += THREADS) {
    y[row * WIDTH + i] *= scale;
  }
}
