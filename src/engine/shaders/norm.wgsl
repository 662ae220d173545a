// RMSNorm of every row: a unit of LANES threads takes one. Joined behind a lanes-*.wgsl.
// Constants: LANES, THREADS, X_VECTORS (stride), VECTORS (vec4f a row), HIDDEN (f32), EPSILON (f32), MAX_ROWS.
// Workgroups: [rows / (THREADS / LANES), 1, 1].
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> gain: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  // Units past the last row do its work again, so that all reach the sum.
  let first = min(id.x * (THREADS / LANES) + local / LANES, MAX_ROWS - 1u) * X_VECTORS;
  var squares = 0.0;
  for (var v = local % LANES; v < VECTORS; v += LANES) {
    squares += dot(x[first + v], x[first + v]);
  }
  let factor = inverseSqrt(unitSum(local, squares) / HIDDEN + EPSILON);
  for (var v = local % LANES; v < VECTORS; v += LANES) {
    result[first + v] = factor * x[first + v] * gain[v];
  }
}
