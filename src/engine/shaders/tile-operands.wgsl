// Operands of a tiled product of many rows of activations, in the terms of kernels/matmul: A is x, B is W turned round, C what
// an output-*.wgsl makes of it. Joined behind state.wgsl, input-plain.wgsl, a weights-*.wgsl, an output-*.wgsl, and in front of
// register.wgsl, broadcast.wgsl or direct.wgsl. Constants: X_VECTORS, TILES_N.
@group(0) @binding(6) var<storage, read> state: State;
alias h = f32;

fn loadA(row: u32, k: u32) -> vec4f {
  return x[row * X_VECTORS + k / 4u];
}

// W's four rows of columns col … col+3, at k … k+3.
fn loadB(k: u32, col: u32) -> mat4x4f {
  let rows = rowsOfFour(col / 4u);
  let v = k / 4u;
  return transpose(
    mat4x4f(weightVector(rows.x, v), weightVector(rows.y, v), weightVector(rows.z, v), weightVector(rows.w, v)),
  );
}

fn storeC(split: u32, row: u32, col: u32, sums: vec4f) {
  if (row < state.rows) {
    storeFour(col / 4u, row, sums);
  }
}

// Row by row of tiles: how many there are is known only when a step is recorded.
fn tileOf(group: u32) -> vec2u {
  return vec2u(group / TILES_N, group % TILES_N);
}
