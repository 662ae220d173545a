// Draws every uncertain constant of a Monte Carlo once, so that all variants of a fleet see the same luck.
// Knows what a constant is, not what it is for.
import { createRng, type Rng, streamOf } from '../core/rng.ts';
import { quantile, sortSamples } from '../stats/order-statistics.ts';
import type { Constant } from './catalogue.ts';

/** Normal quantiles of the ends of a central interval. */
export const Z = { 0.8: 1.2815515655446004, 0.9: 1.6448536269514722 } as const;

/** Draws in one Monte Carlo: the sampling error of a 10 % quantile is then about 0.003 of probability. */
export const DRAWS = 10_000;

export type Draws = Readonly<Record<string, Float64Array>>;

/**
 * One column of DRAWS values a constant, each from a stream of its own, so that a constant added or fixed moves no other.
 * `given` replaces a constant by an exact value.
 */
export function drawConstants(
  constants: readonly Constant[],
  seed: number,
  given: Readonly<Record<string, number>>,
): Draws {
  return Object.fromEntries(
    constants.map((constant) => {
      const rng = createRng(seed, streamOf(constant.id));
      const exact = given[constant.id];
      return [constant.id, column((z) => exact ?? drawAt(constant, z), rng)];
    }),
  );
}

/** Draws come in mirrored pairs, z and −z, so that the median of one constant is that constant's median. */
function column(valueAt: (z: number) => number, rng: Rng): Float64Array {
  const values = new Float64Array(DRAWS);
  for (let i = 0; i < DRAWS; i += 2) {
    const z = rng.normal();
    values[i] = valueAt(z);
    values[i + 1] = valueAt(-z);
  }
  return values;
}

/** The constant's value `z` standard deviations from its median, with the median and both ends of its range met exactly. */
export function drawAt({ value, lo, hi, coverage, shape }: Constant, z: number): number {
  if (shape === 'fixed') return value;
  const [to, from] = shape === 'log-normal' ? [Math.log, Math.exp] : [logit, logistic];
  const end = z < 0 ? lo : hi;
  return from(to(value) + ((to(end) - to(value)) * Math.abs(z)) / Z[coverage]);
}

/** Log-sd of a log-normal constant, from its range. */
export function logSd({ lo, hi, coverage }: Constant): number {
  return Math.log(hi / lo) / (2 * Z[coverage]);
}

/** Median and 80 % interval of an outcome over all draws. */
export function spreadOf(outcomes: Float64Array): { readonly value: number; readonly lo: number; readonly hi: number } {
  const sorted = sortSamples([...outcomes]);
  return { value: quantile(sorted, 0.5), lo: quantile(sorted, 0.1), hi: quantile(sorted, 0.9) };
}

function logit(share: number): number {
  return Math.log(share / (1 - share));
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
