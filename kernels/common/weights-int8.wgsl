// Weights as int8 in the blocks of src/core/quantised.ts; a chunk is sixteen of them, half a block. Joined behind an
// xVector(v) and quantised.wgsl; see weights-f32.wgsl. Constants: CHUNKS, an even number.
@group(0) @binding(0) var<storage, read> weights: array<vec4u>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;

alias Chunk = mat4x4f;

fn chunkOfX(chunk: u32) -> Chunk {
  let v = 4u * chunk;
  return Chunk(xVector(v), xVector(v + 1u), xVector(v + 2u), xVector(v + 3u));
}

fn dotChunk(row: u32, chunk: u32, x: Chunk) -> f32 {
  let at = row * CHUNKS + chunk;
  let w = weights[at];
  let sum = dot(int8Four(w.x), x[0]) + dot(int8Four(w.y), x[1]) + dot(int8Four(w.z), x[2]) + dot(int8Four(w.w), x[3]);
  return sum * halfOf(scales[at / 4u], at / 2u);
}

// W[row][4v … 4v+3].
fn weightVector(row: u32, v: u32) -> vec4f {
  let at = row * CHUNKS + v / 4u;
  return int8Four(weights[at][v & 3u]) * halfOf(scales[at / 4u], at / 2u);
}
