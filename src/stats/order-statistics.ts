// Medians, quantiles and their non-parametric intervals from sorted samples. Numbers in, numbers out.
import { binomialMass } from './binomial.ts';

/** Samples in ascending order, all finite. Only sortSamples makes one. */
export type Sorted = readonly number[] & { readonly __sorted: true };

/** A sorted copy; throws a RangeError on a value that is not finite. */
export function sortSamples(samples: readonly number[]): Sorted {
  for (const value of samples) if (!Number.isFinite(value)) throw new RangeError(`sample ${value} is not finite`);
  // A typed array sorts numbers natively, several times faster than a comparison function: files hold millions.
  return Array.from(Float64Array.from(samples).sort()) as unknown as Sorted;
}

/** Quantile by linear interpolation (Hyndman–Fan type 7, as numpy and vLLM). Throws on no samples. */
export function quantile(sorted: Sorted, p: number): number {
  if (sorted.length === 0) throw new RangeError('quantile of no samples');
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

export function median(sorted: Sorted): number {
  return quantile(sorted, 0.5);
}

export interface Interval {
  readonly lo: number;
  readonly hi: number;
  /** Achieved coverage, at least the one asked for. */
  readonly confidence: number;
}

/**
 * Interval for the p-quantile from order statistics: the narrowest-rank pair (r, s) with
 * P[r ≤ Binomial(n, p) < s] ≥ confidence, ranks taken outward from the middle (David & Nagaraja, Order Statistics, §7.1).
 * Null when n is too small for that confidence.
 */
export function quantileInterval(sorted: Sorted, p: number, confidence = 0.95): Interval | null {
  const n = sorted.length;
  const mass = binomialMass(n, p);
  const tail = (1 - confidence) / 2;
  let [lo, below] = [0, mass[0] ?? 1];
  while (lo < n && below + mass[lo + 1]! <= tail) below += mass[++lo]!;
  let [hi, above] = [n, mass[n] ?? 1];
  while (hi > 0 && above + mass[hi - 1]! <= tail) above += mass[--hi]!;
  if (below > tail || above > tail) return null;
  return { lo: sorted[lo]!, hi: sorted[hi - 1]!, confidence: 1 - below - above };
}

/** Interval for the median; finite from 6 samples at 95 %. */
export function medianInterval(sorted: Sorted, confidence = 0.95): Interval | null {
  return quantileInterval(sorted, 0.5, confidence);
}

/** Fewest samples whose maximum bounds the p-quantile at 95 %: p⁠ⁿ ≤ 0.05. 29 for p90, 299 for p99. */
export function samplesForPercentile(p: number): number {
  return Math.ceil(Math.log(0.05) / Math.log(p));
}

/** The p-quantile, or null when n does not support it. */
export function supportedPercentile(sorted: Sorted, p: number): number | null {
  return sorted.length >= samplesForPercentile(p) ? quantile(sorted, p) : null;
}

/** Ratio of the last third's median to the first third's; 1 below six samples. `samples` in the order taken. */
export function driftRatio(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  if (third < 2) return 1;
  return median(sortSamples(samples.slice(-third))) / median(sortSamples(samples.slice(0, third)));
}
