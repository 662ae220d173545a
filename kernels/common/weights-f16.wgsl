// Weights as f16, two in a word, the first in the low half; a chunk is eight of them. Needs no shader-f16: the product is
// f32. Joined behind an xVector(v); see weights-f32.wgsl. Constants: CHUNKS.
@group(0) @binding(0) var<storage, read> weights: array<vec4u>;

alias Chunk = mat2x4f;

fn chunkOfX(chunk: u32) -> Chunk {
  return Chunk(xVector(2u * chunk), xVector(2u * chunk + 1u));
}

fn fourOf(low: u32, high: u32) -> vec4f {
  return vec4f(unpack2x16float(low), unpack2x16float(high));
}

fn dotChunk(row: u32, chunk: u32, x: Chunk) -> f32 {
  let w = weights[row * CHUNKS + chunk];
  return dot(fourOf(w.x, w.y), x[0]) + dot(fourOf(w.z, w.w), x[1]);
}

// W[row][4v … 4v+3].
fn weightVector(row: u32, v: u32) -> vec4f {
  let w = weights[row * CHUNKS + v / 2u];
  return select(fourOf(w.x, w.y), fourOf(w.z, w.w), (v & 1u) == 1u);
}
