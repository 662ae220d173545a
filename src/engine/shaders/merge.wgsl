// Brings the splits of attend.wgsl together: a thread takes one vec4f of a head. Joined behind state.wgsl.
// Constants: HEADS, DIM4, SPLIT, SPLITS, WINDOW, ROW_VECTORS (stride of `attended`), SINKS. Workgroups: [HEADS · DIM4 / 64, 1, rows].
@group(0) @binding(4) var<storage, read> sinks: array<f32>;
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(9) var<storage, read_write> attended: array<vec4f>; // [row][ROW_VECTORS]
@group(0) @binding(10) var<storage, read> partial: array<vec4f>; // [row][head][SPLITS][DIM4]
@group(0) @binding(11) var<storage, read> stats: array<vec2f>; // [row][head][SPLITS]: maximum, sum

const LOG2E = 1.4426950408889634f;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= HEADS * DIM4) {
    return;
  }
  let head = id.x / DIM4;
  let first = (id.z * HEADS + head) * SPLITS;
  let splits = (min(positionOf(state, id.z) + 1u, WINDOW) + SPLIT - 1u) / SPLIT;
  var most = stats[first].x;
  for (var i = 1u; i < splits; i++) {
    most = max(most, stats[first + i].x);
  }
  var divisor = 0.0;
  var sum = vec4f();
  for (var i = 0u; i < splits; i++) {
    let shrink = exp2(stats[first + i].x - most);
    divisor += stats[first + i].y * shrink;
    sum += partial[(first + i) * DIM4 + id.x % DIM4] * shrink;
  }
  if (SINKS) {
    divisor += exp2(min(sinks[head] * LOG2E - most, 126.0));
  }
  attended[id.z * ROW_VECTORS + id.x] = sum / divisor;
}
