import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differenceInterval,
  differencePValue,
  mean,
  pairedDifference,
  variance,
  welchDifference,
} from './mean-difference.ts';

// Student's sleep data (Biometrika 6, 1908), hours of extra sleep under two drugs; R's t.test prints the figures below.
const DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 8 });

describe('welchDifference', () => {
  it('gives the published figures of the sleep data', () => {
    const found = welchDifference(DRUG_1, DRUG_2);
    expect(found.difference).toBeCloseTo(1.58, 10);
    expect(found.degrees).toBeCloseTo(17.776, 3);
    expect(found.difference / found.standardError).toBeCloseTo(1.8608, 4);
    expect(differencePValue(found)).toBeCloseTo(0.07939, 5);
    const { lo, hi } = differenceInterval(found, 0.95);
    expect([lo, hi]).toEqual([expect.closeTo(-0.2054832, 6), expect.closeTo(3.3654832, 6)]);
  });

  it('is antisymmetric and does not see the order of values', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [forth, back] = [welchDifference(a, b), welchDifference(b, a)];
        expect(back.difference).toBeCloseTo(-forth.difference, 9);
        expect(back.degrees).toBeCloseTo(forth.degrees, 6);
        expect(welchDifference(a.toReversed(), b).standardError).toBeCloseTo(forth.standardError, 9);
        expect(forth.degrees).toBeLessThanOrEqual(a.length + b.length - 2 + 1e-9);
        expect(forth.degrees).toBeGreaterThanOrEqual(Math.min(a.length, b.length) - 1 - 1e-9);
      }),
    );
  });

  it('needs two values a side', () => {
    expect(() => welchDifference([1], [1, 2])).toThrow(RangeError);
  });
});

describe('pairedDifference', () => {
  it('gives the published figures of the sleep data', () => {
    const found = pairedDifference(DRUG_2.map((value, i) => value - DRUG_1[i]!));
    expect(found.degrees).toBe(9);
    expect(found.difference / found.standardError).toBeCloseTo(4.0621, 4);
    expect(differencePValue(found)).toBeCloseTo(0.002833, 6);
    const { lo, hi } = differenceInterval(found, 0.95);
    expect([lo, hi]).toEqual([expect.closeTo(0.7001142, 6), expect.closeTo(2.4598858, 6)]);
  });

  it('needs two pairs', () => {
    expect(() => pairedDifference([1])).toThrow(RangeError);
  });
});

it('without spread the interval is a point and the test is a comparison', () => {
  const [none, some] = [pairedDifference([0, 0, 0]), pairedDifference([1, 1, 1])];
  expect(differenceInterval(none, 0.95)).toEqual({ lo: 0, hi: 0 });
  expect([differencePValue(none), differencePValue(some)]).toEqual([1, 0]);
});

it('mean and variance', () => {
  expect(mean([1, 2, 3, 6])).toBe(3);
  expect(variance([1, 2, 3, 6])).toBeCloseTo(14 / 3, 12);
  expect(variance([5])).toBe(0);
});
