// How tokens are ranked and weighed in whole numbers, so that a GPU and a processor agree to the bit and sums do not
// depend on their order. Joined behind kernels/rollout/philox.wgsl (mul_hi, philox) and common/order.wgsl.
// Constants: VOCAB, CHUNK (tokens a workgroup looks at), CHUNKS, SLOPE (f32, 2¹⁶·log2(e)/temperature).
@group(0) @binding(0) var<storage, read> logits: array<u32>; // [row][VOCAB], bits of f32: no compiler may reason on NaN

fn bitsOf(order: u32) -> u32 {
  return select(~order, order & 0x7fffffffu, order >= 0x80000000u);
}

fn isFinite(order: u32) -> bool {
  return (bitsOf(order) & 0x7fffffffu) < INFINITY && order != 0u;
}

// ⌊x·c / 2¹⁶⌋ for x below 2¹⁶.
fn part(x: u32, c: u32) -> u32 {
  return x * (c >> 16u) + ((x * (c & 0xffffu)) >> 16u);
}

// 2³¹·2^(−x/2¹⁶) for x below 2¹⁶: the exponential's series, each coefficient 2³¹·ln(2)ⁿ/n!, to within 4·10⁻⁶.
fn powerOf(x: u32) -> u32 {
  var power = 330788u - part(x, 32755u);
  power = 2863360u - part(x, power);
  power = 20654775u - part(x, power);
  power = 119194166u - part(x, power);
  power = 515882496u - part(x, power);
  power = 1488522236u - part(x, power);
  return 2147483648u - part(x, power);
}

// 2³¹·e^((logit − peak)/temperature), to within 2⁻¹⁶ of a factor two: two f32 operations, then whole numbers only.
// The peak itself weighs 2³¹ whatever it is; beside an infinite peak, and without a finite logit, nothing else weighs.
fn weightOf(order: u32, peak: u32) -> u32 {
  var steps = 0u;
  if (order != peak) {
    if (!isFinite(order) || !isFinite(peak)) { return 0u; }
    let below = bitcast<f32>(bitsOf(peak)) - bitcast<f32>(bitsOf(order));
    steps = u32(min(below * SLOPE, 4194304.0));
  }
  let halvings = steps >> 16u;
  if (halvings > 31u) { return 0u; }
  return powerOf(steps & 0xffffu) >> halvings;
}

// Sums of weights take 64 bits: low word, high word.
fn plus(a: vec2u, b: vec2u) -> vec2u {
  let low = a.x + b.x;
  return vec2u(low, a.y + b.y + select(0u, 1u, low < a.x));
}
fn minus(a: vec2u, b: vec2u) -> vec2u {
  return vec2u(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}
fn atLeast(a: vec2u, b: vec2u) -> bool {
  return a.y > b.y || (a.y == b.y && a.x >= b.x);
}
// ⌊a·fraction / 2³²⌋.
fn share(a: vec2u, fraction: u32) -> vec2u {
  return plus(vec2u(mul_hi(a.x, fraction), 0u), vec2u(a.y * fraction, mul_hi(a.y, fraction)));
}
