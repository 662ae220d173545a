// C = A·B: ROWS × 4·FOURS elements per thread in registers and no workgroup memory: the caches do the sharing.
// Joined behind a-*.wgsl, b-*.wgsl, c-*.wgsl (loadA, loadB, storeC) and tile-order.wgsl (tileOf); unrolled over ROWS and FOURS.
// Constants: M, N, K, ROWS, FOURS, WX, WY (threads across and down a tile), GRID_X, GROUPS.
// A thread's columns are FOURS groups of 4, WX groups apart, so that neighbouring threads read neighbouring vec4f.
@compute @workgroup_size(WX * WY)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let tile = tileOf(group) * vec2u(ROWS * WY, 4u * FOURS * WX);
  let row = tile.x + local / WX * ROWS;
  let col = tile.y + local % WX * 4u;
  //! for r in 0..ROWS
  //! for v in 0..FOURS
  var c$r_$v = vec4f();
  //! end
  //! end
  for (var k = 0u; k < K; k += 4u) {
    //! for r in 0..ROWS
    let a$r = loadA(row + $ru, k);
    //! end
    //! for v in 0..FOURS
    let b$v = loadB(k, col + $vu * 4u * WX);
    //! for i in 0..4
    //! for r in 0..ROWS
    c$r_$v += a$r[$i] * b$v[$i];
    //! end
    //! end
    //! end
  }
  //! for r in 0..ROWS
  //! for v in 0..FOURS
  storeC(0u, row + $ru, col + $vu * 4u * WX, c$r_$v);
  //! end
  //! end
}
