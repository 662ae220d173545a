// Quantises A row by row in blocks of 32 to int8, one thread a block: scale = largest magnitude / 127, quant = nearest whole
// number. The layout of int8 weights in src/core/quantised.ts, with f32 scales. A must be finite.
// Joined behind a-*.wgsl (loadA). Constants: M, K, GRID_X, GROUPS. Workgroups: ceil(M·ceil(K / 32) / 64), folded.
const ROW_BLOCKS = (K + 31u) / 32u;
@group(0) @binding(0) var<storage, read_write> aq: array<u32>; // [block][8]
@group(0) @binding(2) var<storage, read_write> ascales: array<f32>; // [block]

fn partOfA(row: u32, k: u32) -> vec4f {
  if (K % 32u != 0u && k >= K) {
    return vec4f();
  }
  return loadA(row, k);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let block = group * 64u + local;
  if (group >= GROUPS || block >= M * ROW_BLOCKS) {
    return;
  }
  let row = block / ROW_BLOCKS;
  let k = block % ROW_BLOCKS * 32u;
  var largest = vec4f();
  for (var i = 0u; i < 8u; i++) {
    largest = max(largest, abs(partOfA(row, k + 4u * i)));
  }
  let most = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let inverse = select(0.0, 127.0 / most, most > 0.0);
  for (var i = 0u; i < 8u; i++) {
    aq[block * 8u + i] = pack4xI8Clamp(vec4i(round(partOfA(row, k + 4u * i) * inverse)));
  }
  ascales[block] = most / 127.0;
}
