// A unit of LANES threads is a whole subgroup: its size is known beforehand. Every lane gets the sum.
fn unitSum4(local: u32, value: vec4f) -> vec4f {
  return subgroupAdd(value);
}

fn unitSum(local: u32, value: f32) -> f32 {
  return subgroupAdd(value);
}
