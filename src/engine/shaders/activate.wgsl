// The gated activation of an MLP. Constants: CLAMPED (gpt-oss; models/decoders.ts has both formulas).
fn activate(gate: f32, up: f32) -> f32 {
  if (CLAMPED) {
    let low = min(gate, 7.0);
    return low / (1.0 + exp(-1.702 * low)) * (clamp(up, -7.0, 7.0) + 1.0);
  }
  return gate / (1.0 + exp(-gate)) * up;
}
