// y = g·σ(ALPHA·g)·(u + SHIFT), with g at most LIMIT and u within ±LIMIT where CLAMPS: one cell a thread.
// Joined behind a cells snippet and one with the entry point.
// Constants: COUNT (cells), ALPHA, LIMIT, SHIFT (f32), CLAMPS (bool), THREADS, GRID_X, GROUPS.
// Workgroups: ceil(COUNT / THREADS), folded.
@group(0) @binding(0) var<storage, read> g: array<Stored>;
@group(0) @binding(1) var<storage, read> u: array<Stored>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored>;

fn work(group: u32, local: u32) {
  let at = group * THREADS + local;
  if (at >= COUNT) {
    return;
  }
  var gate = loaded(g[at]);
  var up = loaded(u[at]);
  if (CLAMPS) {
    gate = min(gate, Cell(LIMIT));
    up = clamp(up, Cell(-LIMIT), Cell(LIMIT));
  }
  // exp(80) is finite in f32, and 1/(1 + exp(80)) is already 0 beside any gate.
  y[at] = stored(gate / (1.0 + exp(min(-ALPHA * gate, Cell(80.0)))) * (up + SHIFT));
}
