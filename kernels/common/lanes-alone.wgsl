// A unit of one thread has nothing to add up.
fn unitSum4(local: u32, value: vec4f) -> vec4f {
  return value;
}

fn unitSum(local: u32, value: f32) -> f32 {
  return value;
}
