// y = x·weight / √(mean(x²) + eps), row by row, TEAM threads a row, neighbouring threads on neighbouring cells.
// Joined behind a cells snippet, one with teamSum, and one with the entry point.
// Constants: ROWS, CELLS (cells a row), EPS (f32), TEAM (THREADS or 1), HELD (cells a thread keeps in registers between
// passes; 0: it reads them again), THREADS, GRID_X, GROUPS. Workgroups: ROWS·TEAM / THREADS, folded.
@group(0) @binding(0) var<storage, read> x: array<Stored>;
@group(0) @binding(1) var<storage, read> weight: array<Stored>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored>;

// A long running sum loses small terms, so every BLOCK cells are summed apart.
const BLOCK = 32u * TEAM;

fn scaleOf(lane: u32, squares: Cell) -> f32 {
  return 1.0 / sqrt(teamSum(lane, sumOf(squares)) / f32(CELLS * LANES) + EPS);
}

fn normHeld(first: u32, lane: u32) {
  var held = array<Cell, max(HELD, 1u)>();
  var squares = Cell();
  for (var i = 0u; i < HELD; i++) {
    if (lane + i * TEAM < CELLS) {
      held[i] = loaded(x[first + lane + i * TEAM]);
      squares += held[i] * held[i];
    }
  }
  let scale = scaleOf(lane, squares);
  for (var i = 0u; i < HELD; i++) {
    let at = lane + i * TEAM;
    if (at < CELLS) {
      y[first + at] = stored(held[i] * scale * loaded(weight[at]));
    }
  }
}

fn normReread(first: u32, lane: u32) {
  var squares = Cell();
  for (var begin = lane; begin < CELLS; begin += BLOCK) {
    var part = Cell();
    for (var i = begin; i < min(begin + BLOCK, CELLS); i += TEAM) {
      let value = loaded(x[first + i]);
      part += value * value;
    }
    squares += part;
  }
  let scale = scaleOf(lane, squares);
  for (var i = lane; i < CELLS; i += TEAM) {
    y[first + i] = stored(loaded(x[first + i]) * scale * loaded(weight[i]));
  }
}

fn work(group: u32, local: u32) {
  let row = rowOf(group, local);
  if (row >= ROWS) {
    return;
  }
  let lane = laneOf(local);
  if (HELD > 0u) {
    normHeld(row * CELLS, lane);
  } else {
    normReread(row * CELLS, lane);
  }
}
