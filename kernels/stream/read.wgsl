// Reads `source` once and writes one partial sum per thread, so that no load can be dropped.
// Joined behind `alias Unit` (f32 or a vector of it: one load) and units-*.wgsl; unrolled over FLIGHT.
// Constants: UNITS (length of source), PER_THREAD (loads a thread), FLIGHT (loads issued before the first is used), GRID_X, GROUPS.
// Workgroup g covers 256·PER_THREAD consecutive units; in each step its 256 threads read neighbouring ones.
@group(0) @binding(0) var<storage, read> source: array<Unit>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

fn load(at: u32) -> Unit {
  if (UNITS % (256u * PER_THREAD) == 0u || at < UNITS) {
    return source[at];
  }
  return Unit();
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  //! for f in 0..FLIGHT
  var sum$f = Unit();
  //! end
  for (var i = 0u; i < PER_THREAD; i += FLIGHT) {
    let at = (group * PER_THREAD + i) * 256u + local;
    //! for f in 0..FLIGHT
    let unit$f = load(at + $fu * 256u);
    //! end
    //! for f in 0..FLIGHT
    sum$f += unit$f;
    //! end
  }
  var total = 0.0;
  //! for f in 0..FLIGHT
  total += totalOf(sum$f);
  //! end
  sums[group * 256u + local] = total;
}
