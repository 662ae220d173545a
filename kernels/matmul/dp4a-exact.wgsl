// No scales: C is the i32 sum itself, exact while K·2¹⁴ stays below 2³¹. Joined in front of dp4a.wgsl.
alias Sum = i32;
@group(0) @binding(0) var<storage, read_write> c: array<i32>;

fn scaleOfA(block: u32) -> f32 {
  return 1.0;
}

fn scaleOfW(block: u32) -> f32 {
  return 1.0;
}

fn addBlock(sum: Sum, part: i32, scale: f32) -> Sum {
  return sum + part;
}
