import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma, tCdf, tQuantile, tTwoSided } from './student-t.ts';

describe('tQuantile', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, upper critical values.
  it.each([
    [0.975, 1, 12.706],
    [0.95, 1, 6.314],
    [0.975, 2, 4.303],
    [0.975, 4, 2.776],
    [0.95, 4, 2.132],
    [0.975, 5, 2.571],
    [0.99, 8, 2.896],
    [0.975, 8, 2.306],
    [0.995, 10, 3.169],
    [0.975, 18, 2.101],
    [0.9, 30, 1.31],
    [0.975, 100, 1.984],
    [0.975, Number.POSITIVE_INFINITY, 1.96],
  ])('p = %d with %d degrees of freedom is %d', (p, degrees, table) => {
    expect(tQuantile(p, degrees)).toBeCloseTo(table, 3);
    expect(tQuantile(1 - p, degrees)).toBeCloseTo(-table, 3);
  });

  it('takes fractional degrees of freedom, as Welch gives them', () => {
    // Two closed forms bracket and check the general one: ν = 1 (Cauchy) and ν = 2.
    expect(tQuantile(0.975, 1)).toBeCloseTo(Math.tan(Math.PI * 0.475), 10);
    expect(tQuantile(0.975, 2)).toBeCloseTo(0.95 / Math.sqrt(2 * 0.975 * 0.025), 10);
    // Value of @stdlib/stats-base-dists-t-quantile 0.3.
    expect(tQuantile(0.975, 4.5)).toBeCloseTo(2.658912347204403, 10);
  });

  it('undoes the CDF', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.0005, max: 0.9995, noNaN: true }),
        fc.double({ min: 0.8, max: 500, noNaN: true }),
        (p, degrees) => {
          expect(tCdf(tQuantile(p, degrees), degrees)).toBeCloseTo(p, 10);
        },
      ),
    );
  });

  it('refuses what has no quantile', () => {
    for (const [p, degrees] of [
      [0, 3],
      [1, 3],
      [0.5, 0],
      [Number.NaN, 3],
    ] as const) {
      expect(() => tQuantile(p, degrees)).toThrow(RangeError);
    }
  });
});

describe('tCdf', () => {
  it('agrees with the closed forms of one and two degrees of freedom', () => {
    for (const t of [-7, -1, -1e-6, 0, 0.3, 2, 40]) {
      expect(tCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
      expect(tCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12);
    }
    expect(tCdf(2, 3)).toBeCloseTo(0.9303370157205785, 12);
  });

  it('approaches the normal distribution', () => {
    expect(tCdf(1.96, 1e6)).toBeCloseTo(tCdf(1.96, Number.POSITIVE_INFINITY), 6);
  });
});

it('tTwoSided keeps small p-values', () => {
  expect(tTwoSided(0, 7)).toBe(1);
  expect(tTwoSided(-2.776445, 4)).toBeCloseTo(0.05, 6);
  // ν = 2 in closed form: 1 − t/√(2 + t²) ≈ 1/t² far out.
  expect(tTwoSided(1e6, 2) * 1e12).toBeCloseTo(1, 5);
});

it('logGamma matches factorials and Γ(½)', () => {
  expect(Math.exp(logGamma(5))).toBeCloseTo(24, 10);
  expect(Math.exp(logGamma(0.5))).toBeCloseTo(Math.sqrt(Math.PI), 12);
  expect(logGamma(171)).toBeCloseTo(706.5730622457874, 9);
});
