// Draws every uncertain constant of a Monte Carlo once, so that all variants of a fleet see the same luck.
// Knows what a constant is, not what it is for.
import { normalQuantile } from '../core/normal.ts';
import { createRng, shuffled, streamOf } from '../core/rng.ts';
import { quantile, sortSamples } from '../stats/order-statistics.ts';
import type { Constant } from './catalogue.ts';

/** Normal quantiles of the ends of a central interval. */
export const Z = { 0.8: 1.2815515655446004, 0.9: 1.6448536269514722 } as const;

export type Draws = Readonly<Record<string, Float64Array>>;

/**
 * One column of `count` values a constant, each from a stream of its own, so that a constant added or fixed moves no other.
 * `given` replaces a constant by an exact value.
 */
export function drawConstants(
  constants: readonly Constant[],
  seed: number,
  count: number,
  given: Readonly<Record<string, number>>,
): Draws {
  return Object.fromEntries(
    constants.map((constant) => {
      const exact = given[constant.id];
      const column = latinColumn(constant.id, seed, count);
      return [constant.id, column.map((z) => exact ?? drawAt(constant, z))];
    }),
  );
}

/**
 * Standard normal z, one in the middle of each of `count` equally likely strata, in an order of the id's own (Latin hypercube:
 * McKay, Beckman and Conover, Technometrics 21(2), 1979): few draws then hold every constant's whole range.
 */
export function latinColumn(id: string, seed: number, count: number): Float64Array {
  const strata = Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count));
  return Float64Array.from(shuffled(strata, createRng(seed, streamOf(id))));
}

/** The constant's value `z` standard deviations from its median, with the median and both ends of its range met exactly. */
export function drawAt({ value, lo, hi, coverage, shape }: Constant, z: number): number {
  if (shape === 'fixed') return value;
  const [to, from] = shape === 'log-normal' ? [Math.log, Math.exp] : [logit, logistic];
  const end = z < 0 ? lo : hi;
  return from(to(value) + ((to(end) - to(value)) * Math.abs(z)) / Z[coverage]);
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
