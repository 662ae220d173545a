// C = A·B: 8 × 8 elements per thread in registers and no workgroup memory: the caches do the sharing.
// Joined behind dense-*.wgsl (loadA, loadB, storeC) and tile-order.wgsl (tileOf).
// Constants: M, N, K, WX, WY (threads across and down a tile of 8·WY × 8·WX), GRID_X, GROUPS.
// Four steps of K at a time, one vec4f of A per row. Accumulators are named for the reason given in register.wgsl.
@compute @workgroup_size(WX * WY)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let tile = tileOf(group) * vec2u(8u * WY, 8u * WX);
  let row = tile.x + local / WX * 8u;
  let col = tile.y + local % WX * 4u;
  let right = col + 4u * WX;
  var c00 = vec4f(); var c01 = vec4f();
  var c10 = vec4f(); var c11 = vec4f();
  var c20 = vec4f(); var c21 = vec4f();
  var c30 = vec4f(); var c31 = vec4f();
  var c40 = vec4f(); var c41 = vec4f();
  var c50 = vec4f(); var c51 = vec4f();
  var c60 = vec4f(); var c61 = vec4f();
  var c70 = vec4f(); var c71 = vec4f();
  for (var k = 0u; k < K; k += 4u) {
    let a0 = loadA(row, k);
    let a1 = loadA(row + 1u, k);
    let a2 = loadA(row + 2u, k);
    let a3 = loadA(row + 3u, k);
    let a4 = loadA(row + 4u, k);
    let a5 = loadA(row + 5u, k);
    let a6 = loadA(row + 6u, k);
    let a7 = loadA(row + 7u, k);
    let l0 = loadB(k, col); let r0 = loadB(k, right);
    c00 += a0.x * l0; c01 += a0.x * r0;
    c10 += a1.x * l0; c11 += a1.x * r0;
    c20 += a2.x * l0; c21 += a2.x * r0;
    c30 += a3.x * l0; c31 += a3.x * r0;
    c40 += a4.x * l0; c41 += a4.x * r0;
    c50 += a5.x * l0; c51 += a5.x * r0;
    c60 += a6.x * l0; c61 += a6.x * r0;
    c70 += a7.x * l0; c71 += a7.x * r0;
    let l1 = loadB(k + 1u, col); let r1 = loadB(k + 1u, right);
    c00 += a0.y * l1; c01 += a0.y * r1;
    c10 += a1.y * l1; c11 += a1.y * r1;
    c20 += a2.y * l1; c21 += a2.y * r1;
    c30 += a3.y * l1; c31 += a3.y * r1;
    c40 += a4.y * l1; c41 += a4.y * r1;
    c50 += a5.y * l1; c51 += a5.y * r1;
    c60 += a6.y * l1; c61 += a6.y * r1;
    c70 += a7.y * l1; c71 += a7.y * r1;
    let l2 = loadB(k + 2u, col); let r2 = loadB(k + 2u, right);
    c00 += a0.z * l2; c01 += a0.z * r2;
    c10 += a1.z * l2; c11 += a1.z * r2;
    c20 += a2.z * l2; c21 += a2.z * r2;
    c30 += a3.z * l2; c31 += a3.z * r2;
    c40 += a4.z * l2; c41 += a4.z * r2;
    c50 += a5.z * l2; c51 += a5.z * r2;
    c60 += a6.z * l2; c61 += a6.z * r2;
    c70 += a7.z * l2; c71 += a7.z * r2;
    let l3 = loadB(k + 3u, col); let r3 = loadB(k + 3u, right);
    c00 += a0.w * l3; c01 += a0.w * r3;
    c10 += a1.w * l3; c11 += a1.w * r3;
    c20 += a2.w * l3; c21 += a2.w * r3;
    c30 += a3.w * l3; c31 += a3.w * r3;
    c40 += a4.w * l3; c41 += a4.w * r3;
    c50 += a5.w * l3; c51 += a5.w * r3;
    c60 += a6.w * l3; c61 += a6.w * r3;
    c70 += a7.w * l3; c71 += a7.w * r3;
  }
  storeC(row, col, c00); storeC(row, right, c01);
  storeC(row + 1u, col, c10); storeC(row + 1u, right, c11);
  storeC(row + 2u, col, c20); storeC(row + 2u, right, c21);
  storeC(row + 3u, col, c30); storeC(row + 3u, right, c31);
  storeC(row + 4u, col, c40); storeC(row + 4u, right, c41);
  storeC(row + 5u, col, c50); storeC(row + 5u, right, c51);
  storeC(row + 6u, col, c60); storeC(row + 6u, right, c61);
  storeC(row + 7u, col, c70); storeC(row + 7u, right, c71);
}
