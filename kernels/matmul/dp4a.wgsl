// C = A·Bᵀ from int8 A[M][K] and W[N][K] in blocks of 32 along K, by 4-element integer dot products: ROWS × COLS elements a
// thread in registers, 16-byte loads, no workgroup memory. A block's sum is an exact i32.
// Joined behind dp4a-exact.wgsl or dp4a-scaled.wgsl (Sum, addBlock, scales of rows), dp4a-int8.wgsl or dp4a-int4.wgsl (quantsOf)
// and tile-order.wgsl (tileOf); unrolled over ROWS and COLS. Constants: M, N, K, ROWS, COLS, WX, WY (threads across and down a tile),
// GRID_X, GROUPS. A thread's columns are WX apart, so that neighbours store side by side.
const ROW_BLOCKS = (K + 31u) / 32u;
@group(0) @binding(1) var<storage, read> aq: array<vec4u>; // two a block
@group(0) @binding(2) var<storage, read> quants: array<vec4u>;

fn dot16(x: vec4u, y: vec4u) -> i32 {
  return dot4I8Packed(x.x, y.x) + dot4I8Packed(x.y, y.y) + dot4I8Packed(x.z, y.z) + dot4I8Packed(x.w, y.w);
}

@compute @workgroup_size(WX * WY)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let tile = tileOf(group) * vec2u(ROWS * WY, COLS * WX);
  let row = tile.x + local / WX * ROWS;
  let col = tile.y + local % WX;
  //! for r in 0..ROWS
  //! for v in 0..COLS
  var c$r_$v = Sum();
  //! end
  //! end
  for (var at = 0u; at < ROW_BLOCKS; at++) {
    //! for r in 0..ROWS
    let block$r = (row + $ru) * ROW_BLOCKS + at;
    let low$r = aq[block$r * 2u];
    let high$r = aq[block$r * 2u + 1u];
    let scale$r = scaleOfA(block$r);
    //! end
    //! for v in 0..COLS
    {
      let block = (col + $vu * WX) * ROW_BLOCKS + at;
      let w = quantsOf(block);
      let scale = scaleOfW(block);
      //! for r in 0..ROWS
      c$r_$v = addBlock(c$r_$v, dot16(low$r, w.low) + dot16(high$r, w.high), scale$r * scale);
      //! end
    }
    //! end
  }
  //! for r in 0..ROWS
  if (row + $ru < M) {
    //! for v in 0..COLS
    if (col + $vu * WX < N) {
      c[(row + $ru) * N + col + $vu * WX] = c$r_$v;
    }
    //! end
  }
  //! end
}
