// Adds the SPLITS partial products that split-K left, each M·N long, into C.
// Constants: ELEMENTS (M·N), SPLITS, GRID_X, GROUPS. Workgroups: ceil(M·N / 256), folded.
@group(0) @binding(0) var<storage, read_write> c: array<f32>;
@group(0) @binding(1) var<storage, read> partial: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let element = group * 256u + local;
  if (group >= GROUPS || element >= ELEMENTS) {
    return;
  }
  var sum = 0.0;
  for (var i = 0u; i < SPLITS; i++) {
    sum += partial[i * ELEMENTS + element];
  }
  c[element] = sum;
}
