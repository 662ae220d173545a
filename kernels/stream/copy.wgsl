// Copies `source` to `destination`.
// Joined behind `alias Unit` (f32 or a vector of it: one load and one store); unrolled over FLIGHT.
// Constants: UNITS (length), PER_THREAD (units a thread copies), FLIGHT (loads issued before the first is stored), GRID_X, GROUPS. Same
// order as read.wgsl.
@group(0) @binding(0) var<storage, read> source: array<Unit>;
@group(0) @binding(1) var<storage, read_write> destination: array<Unit>;

fn store(at: u32, value: Unit) {
  if (UNITS % (256u * PER_THREAD) == 0u || at < UNITS) {
    destination[at] = value;
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  for (var i = 0u; i < PER_THREAD; i += FLIGHT) {
    let at = (group * PER_THREAD + i) * 256u + local;
    //! for f in 0..FLIGHT
    let unit$f = source[at + $fu * 256u];
    //! end
    //! for f in 0..FLIGHT
    store(at + $fu * 256u, unit$f);
    //! end
  }
}
