import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankTestPValue } from './rank-test.ts';

const below = (n: number) => Array.from({ length: n }, (_, i) => i);
const above = (n: number) => below(n).map((value) => value + 1000);

describe('rankTestPValue', () => {
  // Complete separation leaves 2 of C(2n, n) arrangements: the smallest p each size can reach.
  it.each([
    [3, 0.1],
    [4, 0.02857],
    [5, 0.007937],
    [10, 1.083e-5],
  ])('of %d against %d fully apart is %d', (n, p) => {
    expect(rankTestPValue(below(n), above(n))).toBeCloseTo(p, n === 10 ? 8 : 5);
  });

  // Critical values of U at two-sided 0.05 (Mann & Whitney 1947; Siegel, table K): U ≤ 2 at 5, 5; U ≤ 23 at 10, 10.
  it.each([
    [5, 2],
    [8, 13],
    [10, 23],
  ])('of %d a side crosses 0.05 right above the tabled U of %d', (n, critical) => {
    expect(rankTestPValue(...withU(n, critical))).toBeLessThanOrEqual(0.05);
    expect(rankTestPValue(...withU(n, critical + 1))).toBeGreaterThan(0.05);
  });

  it('counts every arrangement, ties included', () => {
    const side = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(side, side, (a, b) => {
        expect(rankTestPValue(a, b)).toBeCloseTo(byEnumeration(a, b), 10);
      }),
    );
  });

  it('is symmetric, sees order only, and is 1 for equal sides', () => {
    const side = fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(side, side, (a, b) => {
        const p = rankTestPValue(a, b);
        expect(rankTestPValue(b, a)).toBeCloseTo(p, 10);
        expect(
          rankTestPValue(
            b.map((x) => 8 * x),
            a.map((x) => 8 * x),
          ),
        ).toBeCloseTo(p, 10);
        expect(rankTestPValue(a, a)).toBe(1);
      }),
    );
  });

  it('goes over to the normal approximation smoothly', () => {
    const [a, b] = [below(50).map((i) => 2 * i), below(50).map((i) => 2 * i + 13)];
    const exact = rankTestPValue(a, b);
    const approximate = rankTestPValue([...a, 49.5], [...b, 62.5]);
    expect(exact).toBeGreaterThan(0.01);
    expect(Math.abs(approximate / exact - 1)).toBeLessThan(0.1);
    expect(rankTestPValue(new Array(60).fill(1), new Array(60).fill(1))).toBe(1);
  });

  it('refuses an empty side', () => expect(() => rankTestPValue([], [1])).toThrow(RangeError));
});

/** Two sides of n distinct values with Mann–Whitney U as given: starts fully apart and moves one value up at a time. */
function withU(n: number, u: number): [number[], number[]] {
  const first = below(n).map((i) => 2 * i);
  const second = below(n).map((i) => 2 * (n + i));
  let left = u;
  for (let i = n - 1; i >= 0 && left > 0; i--) {
    const steps = Math.min(left, n);
    first[i] = 2 * (n + steps) - 1 + i / n / 10;
    left -= steps;
  }
  return [first, second];
}

function byEnumeration(a: readonly number[], b: readonly number[]): number {
  const pooled = [...a, ...b];
  const rank = (value: number): number =>
    pooled.filter((x) => x < value).length + (pooled.filter((x) => x === value).length + 1) / 2;
  const center = (a.length * (pooled.length + 1)) / 2;
  const observed = Math.abs(a.reduce((sum, x) => sum + rank(x), 0) - center);
  let [far, all] = [0, 0];
  for (let mask = 0; mask < 2 ** pooled.length; mask++) {
    const chosen = pooled.filter((_, i) => mask & (1 << i));
    if (chosen.length !== a.length) continue;
    all++;
    if (Math.abs(chosen.reduce((sum, x) => sum + rank(x), 0) - center) >= observed - 1e-9) far++;
  }
  return far / all;
}
