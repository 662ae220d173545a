// Each block of 32 has a scale on either side; their products are added in f32. Joined in front of dp4a.wgsl, behind
// ../common/quantised.wgsl.
alias Sum = f32;
@group(0) @binding(0) var<storage, read_write> c: array<f32>;
@group(0) @binding(3) var<storage, read> ascales: array<f32>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

fn scaleOfA(block: u32) -> f32 {
  return ascales[block];
}

fn scaleOfW(block: u32) -> f32 {
  return halfOf(scales[block / 2u], block);
}

fn addBlock(sum: Sum, part: i32, scale: f32) -> Sum {
  return sum + f32(part) * scale;
}
