// y = exp(x − max) / Σ exp(x − max), row by row, TEAM threads a row. −∞ counts as the lowest finite f32.
// Joined behind a cells snippet, one with teamMax and teamSum, and one with the entry point.
// Constants: ROWS, CELLS (cells a row), TEAM (THREADS or 1), HELD (cells a thread keeps in registers between passes; 0:
// it reads them again), RESCALE (y holds the powers between passes, so that each is computed once), THREADS, GRID_X,
// GROUPS. Workgroups: ROWS·TEAM / THREADS, folded.
@group(0) @binding(0) var<storage, read> x: array<Stored>;
@group(0) @binding(1) var<storage, read_write> y: array<Stored>;

// WGSL lets a compiler assume that no infinity occurs, so −∞ is replaced before any arithmetic.
const LOWEST = -0x1.fffffep+127f;
// A long running sum loses small terms, so every BLOCK cells are summed apart.
const BLOCK = 32u * TEAM;

fn scoreAt(at: u32) -> Cell {
  return max(loaded(x[at]), Cell(LOWEST));
}

// Of a row that each thread reads once.
fn softmaxHeld(first: u32, lane: u32) {
  var held = array<Cell, max(HELD, 1u)>();
  var largest = Cell(LOWEST);
  for (var i = 0u; i < HELD; i++) {
    held[i] = Cell(LOWEST);
    if (lane + i * TEAM < CELLS) {
      held[i] = scoreAt(first + lane + i * TEAM);
    }
    largest = max(largest, held[i]);
  }
  let peak = teamMax(lane, largestOf(largest));
  var sum = Cell();
  for (var i = 0u; i < HELD; i++) {
    if (lane + i * TEAM < CELLS) {
      held[i] = exp(held[i] - peak);
      sum += held[i];
    }
  }
  let scale = 1.0 / teamSum(lane, sumOf(sum));
  for (var i = 0u; i < HELD; i++) {
    if (lane + i * TEAM < CELLS) {
      y[first + lane + i * TEAM] = stored(held[i] * scale);
    }
  }
}

fn softmaxReread(first: u32, lane: u32) {
  var largest = Cell(LOWEST);
  for (var i = lane; i < CELLS; i += TEAM) {
    largest = max(largest, scoreAt(first + i));
  }
  let peak = teamMax(lane, largestOf(largest));
  var sum = Cell();
  for (var begin = lane; begin < CELLS; begin += BLOCK) {
    var part = Cell();
    for (var i = begin; i < min(begin + BLOCK, CELLS); i += TEAM) {
      let power = exp(scoreAt(first + i) - peak);
      if (RESCALE) { y[first + i] = stored(power); }
      part += power;
    }
    sum += part;
  }
  let scale = 1.0 / teamSum(lane, sumOf(sum));
  // Each thread scales the elements it wrote itself.
  for (var i = lane; i < CELLS; i += TEAM) {
    if (RESCALE) {
      y[first + i] = stored(loaded(y[first + i]) * scale);
    } else {
      y[first + i] = stored(exp(scoreAt(first + i) - peak) * scale);
    }
  }
}

fn work(group: u32, local: u32) {
  let row = rowOf(group, local);
  if (row >= ROWS) {
    return;
  }
  let lane = laneOf(local);
  if (HELD > 0u) {
    softmaxHeld(row * CELLS, lane);
  } else {
    softmaxReread(row * CELLS, lane);
  }
}
