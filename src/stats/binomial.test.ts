import { describe, expect, it } from 'vitest';
import { binomialMass, binomialRange } from './binomial.ts';

describe('binomialMass', () => {
  it('is a distribution, exact where it can be written down', () => {
    expect([...binomialMass(2, 0.8)].map((x) => Number(x.toFixed(12)))).toEqual([0.04, 0.32, 0.64]);
    expect([...binomialMass(5000, 0.3)].reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });
});

describe('binomialRange', () => {
  // P[X ≤ 4] = 0.0064 and P[X ≤ 5] = 0.0328 for Binomial(10, 0.8); P[X = 10] = 0.107.
  it('leaves at most a fortieth beyond each end', () => {
    expect(binomialRange(10, 0.8)).toEqual([5, 10]);
    expect(binomialRange(1, 0.8)).toEqual([0, 1]);
    expect(binomialRange(0, 0.8)).toEqual([0, 0]);
  });

  // Central 95 % of Binomial(100, 0.8): P[X ≤ 71] = 0.0200, P[X ≤ 72] = 0.0342; P[X ≥ 88] = 0.0253, P[X ≥ 89] = 0.0126.
  it('narrows with n', () => {
    expect(binomialRange(100, 0.8)).toEqual([72, 88]);
  });
});
