// A unit of LANES threads, a power of two no larger than the smallest subgroup the device makes, lies within one subgroup.
// Neighbouring indices are neighbouring lanes on every backend; WGSL does not promise it. Every lane gets the sum.
fn unitSum4(local: u32, value: vec4f) -> vec4f {
  var sum = value;
  for (var distance = 1u; distance < LANES; distance *= 2u) {
    sum += subgroupShuffleXor(sum, distance);
  }
  return sum;
}

fn unitSum(local: u32, value: f32) -> f32 {
  var sum = value;
  for (var distance = 1u; distance < LANES; distance *= 2u) {
    sum += subgroupShuffleXor(sum, distance);
  }
  return sum;
}
