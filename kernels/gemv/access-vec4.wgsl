// Access to row-major W[N][K] and x[K] as vec4f; needs K to be a multiple of 4. Joined in front of a gemv kernel.
// Rows past N read some value (WGSL clamps) that is never stored. Constants: N, K.
@group(0) @binding(0) var<storage, read> w: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// W[row][4·k4 .. 4·k4 + 3].
fn loadW(row: u32, k4: u32) -> vec4f {
  return w[row * (K / 4u) + k4];
}

fn loadX(k4: u32) -> vec4f {
  return x[k4];
}
