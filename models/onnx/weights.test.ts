import { describe, expect, it } from 'vitest';
import { halfFromNumber, numberFromHalf } from '../../src/core/half.ts';
import { fillInt4, fillUniform, fillUniformHalf, INT4_DEVIATION } from './weights.ts';

function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const square = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, deviation: Math.sqrt(square) };
}

describe('f16', () => {
  it('every finite bit pattern survives the way to a number and back', () => {
    for (let half = 0; half < 2 ** 16; half++) {
      if (((half >> 10) & 31) === 31) continue;
      expect(halfFromNumber(numberFromHalf(half))).toBe(half);
    }
  });

  it('rounds to even, underflows to zero and overflows to infinity', () => {
    expect(numberFromHalf(halfFromNumber(1 + 2 ** -11))).toBe(1);
    expect(numberFromHalf(halfFromNumber(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
    expect(halfFromNumber(2 ** -25)).toBe(0);
    expect(numberFromHalf(halfFromNumber(3 * 2 ** -25))).toBe(2 ** -23);
    expect(numberFromHalf(halfFromNumber(65519))).toBe(65504);
    expect(numberFromHalf(halfFromNumber(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(numberFromHalf(halfFromNumber(-1e9))).toBe(Number.NEGATIVE_INFINITY);
    expect(numberFromHalf(halfFromNumber(Number.NaN))).toBeNaN();
  });
});

describe('drawn weights', () => {
  const COUNT = 100_000;

  it('f32 have the asked mean and deviation, and depend on seed and name', () => {
    const [a, same, other, named] = Array.from({ length: 4 }, () => new Float32Array(COUNT));
    fillUniform(a!, 1, 'w', 0.2, 1);
    fillUniform(same!, 1, 'w', 0.2, 1);
    fillUniform(other!, 2, 'w', 0.2, 1);
    fillUniform(named!, 1, 'v', 0.2, 1);
    const { mean, deviation } = moments(a!);
    expect(mean).toBeCloseTo(1, 2);
    expect(deviation).toBeCloseTo(0.2, 2);
    expect(same).toEqual(a);
    expect(other![0]).not.toBe(a![0]);
    expect(named![0]).not.toBe(a![0]);
  });

  it('f16 have the asked mean and deviation, also an odd number of them', () => {
    const halves = new Uint16Array(COUNT + 1);
    fillUniformHalf(halves, 1, 'w', 0.2, 1);
    const { mean, deviation } = moments(Array.from(halves, numberFromHalf));
    expect(mean).toBeCloseTo(1, 2);
    expect(deviation).toBeCloseTo(0.2, 2);
  });

  it('int4 nibbles are 1 to 15 around 8 with the stated deviation', () => {
    const bytes = new Uint8Array(COUNT);
    fillInt4(bytes, 1, 'w');
    const values = Array.from(bytes).flatMap((byte) => [(byte & 15) - 8, (byte >> 4) - 8]);
    expect(Math.min(...values.slice(0, 5000))).toBe(-7);
    expect(Math.max(...values.slice(0, 5000))).toBe(7);
    const { mean, deviation } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(deviation).toBeCloseTo(INT4_DEVIATION, 1);
  });
});
