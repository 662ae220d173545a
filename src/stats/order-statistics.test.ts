import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  driftRatio,
  median,
  medianInterval,
  quantile,
  quantileInterval,
  samplesForPercentile,
  sortSamples,
  supportedPercentile,
} from './order-statistics.ts';

const upTo = (n: number) => sortSamples(Array.from({ length: n }, (_, i) => i + 1));

describe('quantile', () => {
  it('interpolates as numpy does by default', () => {
    expect(quantile(sortSamples([4, 1, 3, 2]), 0.5)).toBe(2.5);
    expect(quantile(upTo(11), 0.9)).toBe(10);
    expect(quantile(upTo(10), 0.9)).toBeCloseTo(9.1, 12);
  });
  it('refuses NaN and emptiness', () => {
    expect(() => sortSamples([1, Number.NaN])).toThrow('not finite');
    expect(() => median(sortSamples([]))).toThrow('no samples');
  });
});

describe('medianInterval', () => {
  // Published ranks of the 95 % interval for the median: n=10 → 2..9, n=20 → 6..15, n=30 → 10..21.
  it.each([
    [6, 1, 6],
    [10, 2, 9],
    [20, 6, 15],
    [30, 10, 21],
  ])('takes the published ranks for n=%i', (n, lo, hi) => {
    expect(medianInterval(upTo(n))).toMatchObject({ lo, hi });
    expect(medianInterval(upTo(n))!.confidence).toBeGreaterThanOrEqual(0.95);
  });
  it('is null when n is too small', () => {
    for (const n of [0, 1, 2, 3, 4, 5]) expect(medianInterval(upTo(n))).toBeNull();
  });
  it('works for thousands of samples', () => {
    const interval = medianInterval(upTo(5000))!;
    expect(interval.lo).toBeGreaterThan(2400);
    expect(interval.hi).toBeLessThan(2600);
  });
  it('contains the median, whatever the samples', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 6, maxLength: 60 }),
        (xs) => {
          const sorted = sortSamples(xs);
          const interval = medianInterval(sorted)!;
          expect(interval.lo).toBeLessThanOrEqual(median(sorted));
          expect(interval.hi).toBeGreaterThanOrEqual(median(sorted));
        },
      ),
    );
  });
});

describe('percentiles', () => {
  it('are shown from the published sample counts', () => {
    expect(samplesForPercentile(0.9)).toBe(29);
    expect(samplesForPercentile(0.99)).toBe(299);
    expect(supportedPercentile(upTo(28), 0.9)).toBeNull();
    expect(supportedPercentile(upTo(29), 0.9)).toBeCloseTo(26.2, 10);
  });
  it('have an interval only when both ends exist', () => {
    expect(quantileInterval(upTo(30), 0.9)).toBeNull();
    expect(quantileInterval(upTo(100), 0.9)).toMatchObject({ lo: 84, hi: 96 });
  });
});

it('driftRatio compares last and first third', () => {
  expect(driftRatio([1, 1, 1, 5, 5, 2, 2, 2, 2])).toBe(2);
  expect(driftRatio([1, 2, 3])).toBe(1);
});
