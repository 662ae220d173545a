// C = A·B: ROWS × 4·FOURS elements per thread in registers. All lanes of a subgroup work on the same rows and side by side
// on columns, so each row of A is loaded by one lane of SHARE and broadcast: SHARE times fewer loads of A than in direct.wgsl.
// Joined behind a-*.wgsl, b-*.wgsl, c-*.wgsl (loadA, loadB, storeC) and tile-order.wgsl (tileOf); unrolled over LOADS, SHARE and
// FOURS. Constants: M, N, K, FOURS, LOADS, SHARE (ROWS = LOADS·SHARE; a power of two up to the smallest subgroup), WX (threads across
// a tile, a multiple of the largest subgroup), WY (threads down), GRID_X, GROUPS.
const ROWS = LOADS * SHARE;

@compute @workgroup_size(WX * WY)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let tile = tileOf(group) * vec2u(ROWS * WY, 4u * FOURS * WX);
  let row = tile.x + local / WX * ROWS;
  let col = tile.y + local % WX * 4u;
  let mine = row + lane % SHARE;
  //! for q in 0..LOADS
  //! for s in 0..SHARE
  //! for v in 0..FOURS
  var c$q_$s_$v = vec4f();
  //! end
  //! end
  //! end
  for (var k = 0u; k < K; k += 4u) {
    //! for v in 0..FOURS
    let b$v = loadB(k, col + $vu * 4u * WX);
    //! end
    //! for q in 0..LOADS
    let a$q = loadA(mine + $qu * SHARE, k);
    //! for s in 0..SHARE
    let a$q_$s = subgroupBroadcast(a$q, $su);
    //! for v in 0..FOURS
    //! for i in 0..4
    c$q_$s_$v += a$q_$s[$i] * b$v[$i];
    //! end
    //! end
    //! end
    //! end
  }
  //! for q in 0..LOADS
  //! for s in 0..SHARE
  //! for v in 0..FOURS
  storeC(0u, row + $qu * SHARE + $su, col + $vu * 4u * WX, c$q_$s_$v);
  //! end
  //! end
  //! end
}
