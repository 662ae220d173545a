// Copies the M × N corner of row-major [..][PADDED_COLS], whose elements are of type Sum, into f32 C.
// Constants: M, N, PADDED_COLS, GRID_X, GROUPS. Workgroups: ceil(M·N / 256), folded.
@group(0) @binding(0) var<storage, read_write> c: array<f32>;
@group(0) @binding(1) var<storage, read> padded: array<Sum>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 256u + local;
  if (group >= GROUPS || element >= M * N) {
    return;
  }
  c[element] = f32(padded[element / N * PADDED_COLS + element % N]);
}
