// Access to row-major W[N][K] and x[K] one f32 at a time, for a K that is not a multiple of 4.
// Joined in front of a gemv kernel; the same functions as access-vec4.wgsl. Constants: N, K.
@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// W[row][4·k4 .. 4·k4 + 3], zero from column K on: those elements belong to the next row.
fn loadW(row: u32, k4: u32) -> vec4f {
  let k = 4u * k4;
  let at = row * K + k;
  return vec4f(
    w[at],
    select(0.0, w[at + 1u], k + 1u < K),
    select(0.0, w[at + 2u], k + 2u < K),
    select(0.0, w[at + 3u], k + 3u < K),
  );
}

// x[4·k4 .. 4·k4 + 3], zero from K on.
fn loadX(k4: u32) -> vec4f {
  let k = 4u * k4;
  return vec4f(
    x[k],
    select(0.0, x[k + 1u], k + 1u < K),
    select(0.0, x[k + 2u], k + 2u < K),
    select(0.0, x[k + 3u], k + 3u < K),
  );
}
