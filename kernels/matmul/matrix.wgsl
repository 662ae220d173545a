// C = A·B on the matrix units: a tile of C per workgroup, ACROSS × DOWN matrices of it per subgroup, SIDE_N × SIDE_M subgroups side
// by side. A and B are padded to whole tiles, so nothing is guarded; A is read straight from memory, B too or through a padded
// slice of workgroup memory (STAGED) where the subgroups share it.
// Joined behind matrix-units.wgsl (loadLeft, multiplyAdd, storeResult), matrix-right.wgsl or matrix-slice.wgsl (loadRight) and
// tile-order.wgsl (tileOf); unrolled over ACROSS and DOWN, STAGED or DIRECT. Constants: MM, MN, MK (a matrix's rows, columns and depth),
// ACROSS, DOWN, SIDE_M, SIDE_N, TILE_ROWS, TILE_COLS, BK (slice of K, a multiple of MK), PADDED_K, PADDED_N, STRIDE, THREADS
// (SIDE_M·SIDE_N of the largest subgroups), GRID_X, GROUPS. Where subgroups are smaller, those past SIDE_M·SIDE_N only help to stage.

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroup: u32,
) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let tile = tileOf(group) * vec2u(TILE_ROWS, TILE_COLS);
  let works = subgroup < SIDE_M * SIDE_N;
  let row = tile.x + subgroup / SIDE_N * DOWN * MM;
  let left = subgroup % SIDE_N * ACROSS * MN; // in the tile
  //! for r in 0..DOWN
  //! for v in 0..ACROSS
  var c$r_$v = Result();
  //! end
  //! end
  for (var k0 = 0u; k0 < PADDED_K; k0 += BK) {
    //! if STAGED
    stage(k0, tile.y, local);
    workgroupBarrier();
    //! end
    if (works) {
      for (var k = 0u; k < BK; k += MK) {
        //! for v in 0..ACROSS
        //! if STAGED
        let b$v = loadRight(k * STRIDE + left + $vu * MN);
        //! end
        //! if DIRECT
        let b$v = loadRight((k0 + k) * PADDED_N + tile.y + left + $vu * MN);
        //! end
        //! end
        //! for r in 0..DOWN
        let a$r = loadLeft((row + $ru * MM) * PADDED_K + k0 + k);
        //! for v in 0..ACROSS
        c$r_$v = multiplyAdd(a$r, b$v, c$r_$v);
        //! end
        //! end
      }
    }
    //! if STAGED
    workgroupBarrier();
    //! end
  }
  if (works) {
    //! for r in 0..DOWN
    //! for v in 0..ACROSS
    storeResult((row + $ru * MM) * PADDED_N + tile.y + left + $vu * MN, c$r_$v);
    //! end
    //! end
  }
}
