// The difference of two means with its standard error and degrees of freedom, unpaired (Welch) or paired; intervals and
// p-values from it. Numbers in, numbers out.
import { tQuantile, tTwoSided } from './student-t.ts';

export interface MeanDifference {
  /** Mean of the second side minus mean of the first. */
  readonly difference: number;
  readonly standardError: number;
  /** Infinity when the spread is taken as known. */
  readonly degrees: number;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance (n − 1); 0 below two values. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

/** Welch's unequal-variances difference with Satterthwaite's degrees of freedom (Welch 1947). At least two values a side. */
export function welchDifference(first: readonly number[], second: readonly number[]): MeanDifference {
  if (Math.min(first.length, second.length) < 2) throw new RangeError('Welch needs two values a side');
  const [a, b] = [variance(first) / first.length, variance(second) / second.length];
  const total = a + b;
  // In shares of the whole, so that tiny variances do not underflow when squared.
  const share = total === 0 ? 0.5 : a / total;
  const degrees = 1 / (share ** 2 / (first.length - 1) + (1 - share) ** 2 / (second.length - 1));
  return { difference: mean(second) - mean(first), standardError: Math.sqrt(total), degrees };
}

/** The mean of paired differences (second − first of each pair). At least two pairs. */
export function pairedDifference(differences: readonly number[]): MeanDifference {
  if (differences.length < 2) throw new RangeError('pairs: at least two are needed');
  return {
    difference: mean(differences),
    standardError: Math.sqrt(variance(differences) / differences.length),
    degrees: differences.length - 1,
  };
}

/** Two-sided interval for the difference. */
export function differenceInterval(
  { difference, standardError, degrees }: MeanDifference,
  confidence: number,
): { readonly lo: number; readonly hi: number } {
  const half = standardError === 0 ? 0 : tQuantile(0.5 + confidence / 2, degrees) * standardError;
  return { lo: difference - half, hi: difference + half };
}

/** What sums of log values may be off by: below it, a spread or a difference is none. */
const ROUNDING = 1e-12;

/** Two-sided p-value of no difference. Without any spread: 1 for no difference, 0 for one. */
export function differencePValue({ difference, standardError, degrees }: MeanDifference): number {
  if (standardError < ROUNDING) return Math.abs(difference) < ROUNDING ? 1 : 0;
  return tTwoSided(difference / standardError, degrees);
}
