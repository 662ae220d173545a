// Philox-4x32-10 (Salmon et al., SC 2011), word for word src/core/philox.ts. Shared by rollout.wgsl and its test.

// High 32 bits of a product.
fn mul_hi(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu;
  let a1 = a >> 16u;
  let b0 = b & 0xffffu;
  let b1 = b >> 16u;
  let w1 = a1 * b0 + ((a0 * b0) >> 16u);
  let w2 = a0 * b1 + (w1 & 0xffffu);
  return a1 * b1 + (w1 >> 16u) + (w2 >> 16u);
}

fn philox(counter: vec4u, seed: vec2u) -> vec4u {
  var x = counter;
  var key = seed;
  for (var round = 0u; round < 10u; round++) {
    let hi0 = mul_hi(0xd2511f53u, x.x);
    let lo0 = 0xd2511f53u * x.x;
    let hi1 = mul_hi(0xcd9e8d57u, x.z);
    let lo1 = 0xcd9e8d57u * x.z;
    x = vec4u(hi1 ^ x.y ^ key.x, lo1, hi0 ^ x.w ^ key.y, lo0);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return x;
}
