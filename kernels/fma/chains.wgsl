// Chains of x ← x·scale + shift that live in registers: CHAINS values of type Value a thread, none waiting for another.
// Joined behind `alias Element` and `alias Value` (Element or a vector of it); unrolled over CHAINS; FUSED: fma(), which SwiftShader makes a library
// call, else a·b + c, which drivers contract to one fused operation.
// Constants: STEPS (multiply-adds per chain, a multiple of 8), CHAINS, GRID_X, GROUPS. Workgroups: threads / 256, folded.
@group(0) @binding(0) var<storage, read> start: array<Value>; // CHAINS per thread
@group(0) @binding(1) var<storage, read> factors: array<Element>; // scale, shift: read, so that no compiler can fold them
@group(0) @binding(2) var<storage, read_write> result: array<Value>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let scale = Value(factors[0]);
  let shift = Value(factors[1]);
  let at = group * CHAINS * 256u + local;
  //! for c in 0..CHAINS
  var x$c = start[at + $cu * 256u];
  //! end
  for (var i = 0u; i < STEPS; i += 8u) {
    //! for s in 0..8
    //! for c in 0..CHAINS
    //! if FUSED
    x$c = fma(x$c, scale, shift);
    //! end
    //! if APART
    x$c = x$c * scale + shift;
    //! end
    //! end
    //! end
  }
  //! for c in 0..CHAINS
  result[at + $cu * 256u] = x$c;
  //! end
}
