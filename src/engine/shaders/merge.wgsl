// Brings the splits of attend.wgsl together: a thread takes one vec4f of a head. Joined behind state.wgsl.
// Constants: HEADS, DIM4, SPLIT, SPLITS, WINDOW, ROW_VECTORS (stride of `attended`),
// SINKS_FIRST; kept or not: SINKS. Workgroups: [HEADS · DIM4 / 64, 1, rows].
//! if SINKS
@group(0) @binding(3) var<storage, read> headVectors: array<vec4f>; // sinks from SINKS_FIRST on
//! end
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(9) var<storage, read_write> attended: array<vec4f>; // [row][ROW_VECTORS]
@group(0) @binding(10) var<storage, read> partial: array<vec4f>; // [row][head][SPLITS][DIM4, then maximum and sum]

const LOG2E = 1.4426950408889634f;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= HEADS * DIM4) {
    return;
  }
  let head = id.x / DIM4;
  const STRIDE = DIM4 + 1u;
  let first = (id.z * HEADS + head) * SPLITS * STRIDE;
  let splits = (min(positionOf(state, id.z) + 1u, WINDOW) + SPLIT - 1u) / SPLIT;
  var most = partial[first + DIM4].x;
  for (var i = 1u; i < splits; i++) {
    most = max(most, partial[first + i * STRIDE + DIM4].x);
  }
  var divisor = 0.0;
  var sum = vec4f();
  for (var i = 0u; i < splits; i++) {
    let stats = partial[first + i * STRIDE + DIM4];
    let shrink = exp2(stats.x - most);
    divisor += stats.y * shrink;
    sum += partial[first + i * STRIDE + id.x % DIM4] * shrink;
  }
  //! if SINKS
  let sink = headVectors[SINKS_FIRST + head / 4u][head % 4u];
  divisor += exp2(min(sink * LOG2E - most, 126.0));
  //! end
  attended[id.z * ROW_VECTORS + id.x] = sum / divisor;
}
