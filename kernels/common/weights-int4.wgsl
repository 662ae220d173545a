// Weights as int4 in the blocks of src/core/quantised.ts; a chunk is one block of 32. Joined behind an xVector(v) and
// quantised.wgsl; see weights-f32.wgsl. Constants: CHUNKS.
@group(0) @binding(0) var<storage, read> weights: array<vec4u>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;

// `eights`: 8·Σx. Nibbles are stored as value + 8, so one subtraction a block undoes what would be one a weight.
struct Chunk {
  first: mat4x4f,
  second: mat4x4f,
  eights: f32,
}

fn chunkOfX(chunk: u32) -> Chunk {
  let v = 8u * chunk;
  let first = mat4x4f(xVector(v), xVector(v + 1u), xVector(v + 2u), xVector(v + 3u));
  let second = mat4x4f(xVector(v + 4u), xVector(v + 5u), xVector(v + 6u), xVector(v + 7u));
  let sum = first[0] + first[1] + first[2] + first[3] + second[0] + second[1] + second[2] + second[3];
  return Chunk(first, second, 8.0 * (sum.x + sum.y + sum.z + sum.w));
}

fn nibbles(word: u32) -> vec4f {
  return vec4f(unpack4xU8(word & 0x0F0F0F0Fu));
}

fn dotChunk(row: u32, chunk: u32, x: Chunk) -> f32 {
  let at = row * CHUNKS + chunk;
  let w = weights[at];
  let sum = dot(nibbles(w.x), x.first[0]) + dot(nibbles(w.x >> 4u), x.first[1]) +
    dot(nibbles(w.y), x.first[2]) + dot(nibbles(w.y >> 4u), x.first[3]) +
    dot(nibbles(w.z), x.second[0]) + dot(nibbles(w.z >> 4u), x.second[1]) +
    dot(nibbles(w.w), x.second[2]) + dot(nibbles(w.w >> 4u), x.second[3]);
  return (sum - x.eights) * halfOf(scales[at / 2u], at);
}

// W[row][4v … 4v+3].
fn weightVector(row: u32, v: u32) -> vec4f {
  let at = row * CHUNKS + v / 8u;
  let word = weights[at][(v / 2u) & 3u];
  return (nibbles(select(word, word >> 4u, (v & 1u) == 1u)) - 8.0) * halfOf(scales[at / 2u], at);
}
