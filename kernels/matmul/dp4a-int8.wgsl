// The 32 int8 of a block, as they lie. Joined in front of dp4a.wgsl.
struct Quants {
  low: vec4u,
  high: vec4u,
}

fn quantsOf(block: u32) -> Quants {
  return Quants(quants[block * 2u], quants[block * 2u + 1u]);
}
