// Which tile of C a workgroup computes: bands of 8 tile rows, walked column by column, so that workgroups in flight
// together share rows of A and columns of B in the last-level cache. Joined in front of a matmul kernel.
// Constants: TILES_M, TILES_N.
const BAND = 8u;

// (tile row, tile column) of the group-th workgroup.
fn tileOf(group: u32) -> vec2u {
  let band = group / (BAND * TILES_N);
  let inBand = group % (BAND * TILES_N);
  let height = min(BAND, TILES_M - band * BAND);
  return vec2u(band * BAND + inBand % height, inBand / height);
}
