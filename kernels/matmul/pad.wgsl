// Copies row-major f16 [ROWS][COLS] into [PADDED_ROWS][PADDED_COLS], zeros around it, so that matrix units load whole matrices
// from it without a guard. Constants: ROWS, COLS, PADDED_ROWS, PADDED_COLS, GRID_X, GROUPS. Workgroups: elements / 256, folded.
@group(0) @binding(0) var<storage, read_write> padded: array<h>;
@group(0) @binding(1) var<storage, read> source: array<h>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 256u + local;
  if (group >= GROUPS || element >= PADDED_ROWS * PADDED_COLS) {
    return;
  }
  let row = element / PADDED_COLS;
  let col = element % PADDED_COLS;
  padded[element] = select(h(), source[row * COLS + col], row < ROWS && col < COLS);
}
