// Floats ranked as whole numbers, from their bits: no compiler may reason NaN away. Joined in front of a kernel.
const INFINITY = 0x7f800000u;

// A whole number that rises with the float: NaN lowest, then −∞; −0 is +0.
fn orderOf(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > INFINITY) { return 0u; }
  if ((bits & 0x7fffffffu) == 0u) { return 0x80000000u; }
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}
