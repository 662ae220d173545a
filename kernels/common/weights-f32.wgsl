// Weights W[rows][CHUNKS] as f32; a chunk is one 16-byte load of W (here four weights) and what of x meets it.
// Joined behind an xVector(v): elements 4v … 4v+3 of x, zero past its end, and in front of a kernel; weights-f16.wgsl,
// weights-int8.wgsl and weights-int4.wgsl have the same names. Constants: CHUNKS (a row).
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;

alias Chunk = vec4f;

fn chunkOfX(chunk: u32) -> Chunk {
  return xVector(chunk);
}

fn dotChunk(row: u32, chunk: u32, x: Chunk) -> f32 {
  return dot(weights[row * CHUNKS + chunk], x);
}

// W[row][4v … 4v+3].
fn weightVector(row: u32, v: u32) -> vec4f {
  return weights[row * CHUNKS + v];
}
