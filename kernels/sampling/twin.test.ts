import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmaxOf, orderOf, powerOf, type SamplingRule, sampleOf, shareOf, slopeOf } from './twin.ts';

const bitsOf = (...values: number[]): Uint32Array => new Uint32Array(Float32Array.of(...values).buffer);
const RULE: SamplingRule = { k: 0, p: 1, temperature: 1, seed: 7, step: 0 };

describe('orderOf', () => {
  it('ranks as numbers do, NaN lowest, −0 as +0', () => {
    const ascending = bitsOf(Number.NaN, -Infinity, -3e38, -1, -1e-40, 0, 1e-40, 1, 3e38, Infinity);
    const orders = Array.from(ascending, orderOf);
    expect(orders).toEqual([...orders].sort((a, b) => a - b));
    expect(new Set(orders).size).toBe(orders.length);
    expect(orderOf(bitsOf(-0)[0]!)).toBe(orderOf(0));
    expect(orderOf(0xffc00000)).toBe(0);
  });
  it('agrees with any two floats’ own order', () => {
    const float = fc.float({ noNaN: true });
    fc.assert(
      fc.property(float, float, (a, b) => {
        const [x, y] = [orderOf(bitsOf(a)[0]!), orderOf(bitsOf(b)[0]!)];
        expect(Math.sign(x - y)).toBe(Math.sign(a - b) || (a === b ? 0 : a < b ? -1 : 1));
      }),
    );
  });
});

it('argmaxOf takes the lowest of equals and ignores NaN', () => {
  expect(argmaxOf(bitsOf(1, Number.NaN, 5, 5, -Infinity))).toBe(2);
  expect(argmaxOf(bitsOf(Number.NaN, Number.NaN))).toBe(0);
  expect(argmaxOf(bitsOf(Number.NaN, -Infinity))).toBe(1);
});

describe('whole-number weights', () => {
  it('the series is a power of two to within 4e-6, and never rises', () => {
    expect(powerOf(0)).toBe(2 ** 31);
    for (let x = 1; x < 65536; x++) {
      const power = powerOf(x);
      if (Math.abs(power / 2 ** (31 - x / 65536) - 1) > 4e-6 || power > powerOf(x - 1)) expect.fail(`x=${x}: ${power}`);
    }
  });
  it('slope and share are rounded once', () => {
    expect(slopeOf(2)).toBe(Math.fround(32768 * Math.LOG2E));
    expect(shareOf(0.5)).toBe(2 ** 31);
    expect(shareOf(1)).toBe(2 ** 32 - 1);
  });
});

describe('sampleOf', () => {
  /** How often each token is drawn over many steps. */
  const counts = (logits: number[], rule: SamplingRule, draws: number): number[] => {
    const seen = logits.map(() => 0);
    for (let step = 0; step < draws; step++) seen[sampleOf(bitsOf(...logits), 3, { ...rule, step })]!++;
    return seen;
  };
  it('draws by e^(logit/temperature)', () => {
    // Probabilities 1/10, 2/10, 3/10, 4/10; of 20,000 draws each within 4 standard deviations.
    const logits = [1, 2, 3, 4].map((weight) => 2 * Math.log(weight));
    for (const k of [0, 4]) {
      counts(logits, { ...RULE, k, temperature: 2 }, 20_000).forEach((count, i) => {
        const share = (i + 1) / 10;
        expect(Math.abs(count / 20_000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 20_000));
      });
    }
  });
  it('keeps k, the lowest of equals at the edge', () => {
    const seen = counts([5, 1, 5, 5], { ...RULE, k: 2 }, 200);
    expect(seen.map((count) => count > 0)).toEqual([true, false, true, false]);
  });
  it('keeps the smallest set that reaches p, the first of equals at its edge', () => {
    // Shares 1/2, 1/6, 1/6, 1/6: p of 0.6 needs the first and one more.
    const logits = [0, 0, Math.log(3), 0];
    for (const k of [0, 4]) {
      const seen = counts(logits, { ...RULE, k, p: 0.6 }, 200);
      expect(seen.map((count) => count > 0)).toEqual([true, false, true, false]);
    }
    expect(counts(logits, { ...RULE, p: 0.01 }, 50)).toEqual([0, 0, 50, 0]);
  });
  it('is repeatable by seed and differs by seed, step and row', () => {
    const logits = bitsOf(...Array.from({ length: 1000 }, (_, i) => (i % 7) / 7));
    const drawn = (rule: Partial<SamplingRule>, row = 0): number => sampleOf(logits, row, { ...RULE, ...rule });
    expect(drawn({})).toBe(drawn({}));
    expect(new Set([drawn({}), drawn({ seed: 8 }), drawn({ step: 1 }), drawn({}, 1)]).size).toBe(4);
  });
  it('never draws NaN or −∞ beside a finite logit; +∞ wins', () => {
    expect(counts([Number.NaN, -Infinity, -80], RULE, 50)).toEqual([0, 0, 50]);
    expect(counts([1, Infinity, 80], RULE, 50)).toEqual([0, 50, 0]);
  });
});
