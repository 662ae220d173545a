// Chains of y ← y + dot4I8Packed(x, weights), x ← x + dot4I8Packed(y, weights) in registers: CHAINS a thread, none waiting for another.
// Each step takes the last one's sum as its four operands, so that none can be left out or moved out of the loop, and can be
// undone, so that no chain comes to rest.
// Unrolled over CHAINS. Constants: STEPS (dot products per chain, a multiple of 8), CHAINS, GRID_X, GROUPS. Workgroups: threads / 256, folded.
@group(0) @binding(0) var<storage, read> start: array<i32>; // CHAINS per thread
@group(0) @binding(1) var<storage, read> factors: array<u32>; // weights: read, so that no compiler can fold them
@group(0) @binding(2) var<storage, read_write> result: array<i32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let weights = factors[0];
  let at = group * CHAINS * 256u + local;
  //! for c in 0..CHAINS
  var x$c = start[at + $cu * 256u];
  var y$c = 0i;
  //! end
  for (var i = 0u; i < STEPS; i += 8u) {
    //! for s in 0..4
    //! for c in 0..CHAINS
    y$c += dot4I8Packed(bitcast<u32>(x$c), weights);
    //! end
    //! for c in 0..CHAINS
    x$c += dot4I8Packed(bitcast<u32>(y$c), weights);
    //! end
    //! end
  }
  //! for c in 0..CHAINS
  result[at + $cu * 256u] = x$c;
  //! end
}
