// Ranges in which ledger figures are computed: a middle with an 80 % interval. Numbers in, numbers out.
import type { Constant } from '../catalogue.ts';
import type { Spread } from '../rollout/report.ts';

export interface Range {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}

export const rangeOf = ({ value, lo, hi }: Constant): Range => ({ value, lo, hi });
export const rangeOfSpread = ({ p10, p50, p90 }: Spread): Range => ({ value: p50, lo: p10, hi: p90 });

/**
 * Product of independent ranges from 0: middles multiply, log half-widths add in squares, each side for itself. Where a middle is 0
 * or without bound there is no half-width: the ends multiply instead, and 0 times something without bound has no bound.
 */
export function product(...ranges: readonly Range[]): Range {
  const all = (end: keyof Range): number => {
    const factors = ranges.map((range) => range[end]);
    return factors.includes(Number.POSITIVE_INFINITY) ? Number.POSITIVE_INFINITY : factors.reduce((a, b) => a * b, 1);
  };
  const value = all('value');
  if (value === 0 || value === Number.POSITIVE_INFINITY) return { value, lo: all('lo'), hi: all('hi') };
  const half = (end: 'lo' | 'hi'): number => Math.hypot(...ranges.map((range) => Math.log(range[end] / range.value)));
  return { value, lo: value * Math.exp(-half('lo')), hi: value * Math.exp(half('hi')) };
}

/** Without bound where the range reaches 0. */
export function inverse({ value, lo, hi }: Range): Range {
  return { value: 1 / value, lo: 1 / hi, hi: 1 / lo };
}

export function quotient(over: Range, under: Range): Range {
  return product(over, inverse(under));
}

export function times(range: Range, factor: number): Range {
  return { value: range.value * factor, lo: range.lo * factor, hi: range.hi * factor };
}
