// What a clock's readings say about its step, and whether two clocks agree. Pure arithmetic on readings.
import { median, sortSamples } from '../stats/order-statistics.ts';

/** Distinct gaps between readings (ns, any order), shortest first. */
export function distinctGaps(readings: readonly number[]): number[] {
  const distinct = [...new Set(readings)].sort((a, b) => a - b);
  const gaps = distinct.slice(1).map((value, i) => value - distinct[i]!);
  return [...new Set(gaps)].sort((a, b) => a - b);
}

/**
 * The step of a clock from raw readings (whole ns, any order): the greatest common divisor of their gaps.
 * A tick that is no whole number of ns shows as 1 ns; the coarse steps that matter (65,536 ns, 100 µs) are whole.
 * Null when the readings never change.
 */
export function quantumOf(readings: readonly number[]): number | null {
  const gaps = distinctGaps(readings);
  return gaps.length === 0 ? null : gaps.reduce(greatestCommonDivisor);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Smallest step seen of the wall clock `now` (ms), in ns. Spins for at most about 50 ms. */
export function wallClockStepNs(now: () => number): number {
  const began = now();
  let [previous, smallest, steps] = [began, Number.POSITIVE_INFINITY, 0];
  while (steps < 40 && previous - began < 50) {
    const current = now();
    if (current === previous) continue;
    smallest = Math.min(smallest, current - previous);
    previous = current;
    steps++;
  }
  // A clock in ms prints 5 µs as 0.0049999; a whole number of ns is what it means.
  return Math.max(1, Math.round(smallest * 1e6));
}

export interface Ladder {
  /** Repetitions in the batch. */
  readonly count: number;
  readonly wallNs: number;
  readonly gpuNs: number;
}

export interface CrossCheck {
  /** GPU time over wall time, both as slopes over batch size. */
  readonly gpuOverWall: number;
  /** Null when timestamps can be trusted, else what is wrong with them. */
  readonly fault: string | null;
}

/** Allowed disagreement of the two slopes, and of doubling the work with doubling the time. */
const AGREEMENT = 0.2;

/** Compares GPU with wall clock over batches of N and 2N repetitions of one known kernel, several of each. */
export function crossCheck(single: readonly Ladder[], double: readonly Ladder[]): CrossCheck {
  const mid = (runs: readonly Ladder[], key: 'wallNs' | 'gpuNs'): number =>
    median(sortSamples(runs.map((run) => run[key])));
  const gpu = [mid(single, 'gpuNs'), mid(double, 'gpuNs')] as const;
  const wallSlope = mid(double, 'wallNs') - mid(single, 'wallNs');
  const gpuOverWall = wallSlope > 0 ? (gpu[1] - gpu[0]) / wallSlope : 0;
  const growth = gpu[0] > 0 ? gpu[1] / gpu[0] : 0;
  const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
  if (Math.abs(growth / 2 - 1) > AGREEMENT / 2) {
    return { gpuOverWall, fault: `twice the work took ${percent(growth)} of the GPU time` };
  }
  if (Math.abs(gpuOverWall - 1) > AGREEMENT) {
    return { gpuOverWall, fault: `GPU time is ${percent(gpuOverWall)} of wall time` };
  }
  return { gpuOverWall, fault: null };
}
