// y[token] = Σ over its slots of weight·x[slot]: four elements a thread. Joined behind common/entry.wgsl.
// Constants: TOP, VECTORS (a row, in fours), COUNT (tokens·VECTORS), THREADS, GRID_X, GROUPS.
// Workgroups: ceil(COUNT / THREADS), folded.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [slot][4·VECTORS]
@group(0) @binding(1) var<storage, read> weights: array<f32>; // [slot]
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>; // [token][4·VECTORS]

fn work(group: u32, local: u32) {
  let at = group * THREADS + local;
  if (at >= COUNT) {
    return;
  }
  let token = at / VECTORS;
  var sum = vec4f();
  for (var i = 0u; i < TOP; i++) {
    let slot = token * TOP + i;
    sum += weights[slot] * x[slot * VECTORS + at % VECTORS];
  }
  y[at] = sum;
}
