// Bounds that f32 arithmetic must keep against an f64 reference. Knows no family.
import type { Tolerance } from '../family.ts';

/** Unit roundoff of f32. */
export const F32_ROUNDOFF = 2 ** -24;

/**
 * Bounds for a dot product of `length` terms with operands uniform in [-1, 1).
 * NMSE: one running f32 sum errs by about u²·length/6 (each addition rounds a partial sum that grows like √k), which
 * passes 1e-11 near length 17,000; beyond that the bound grows with four times that law.
 * Absolute: 8·√length·u·‖a‖‖b‖ with ‖a‖‖b‖ = length/3, the probabilistic form of Higham, Accuracy and Stability §3.1.
 */
export function dotTolerance(length: number): Tolerance {
  return {
    nmse: Math.max(1e-11, (4 * F32_ROUNDOFF ** 2 * length) / 6),
    absolute: (8 * Math.sqrt(length) * F32_ROUNDOFF * length) / 3 + F32_ROUNDOFF,
  };
}
