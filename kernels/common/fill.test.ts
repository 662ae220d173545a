import { describe, expect, it } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { normal, uniformSigned } from './fill.ts';

describe('uniformSigned', () => {
  it('gives the same values for the same seed, in [-1, 1), exact in f32', () => {
    const values = uniformSigned(1000)(createRng(5));
    expect(values).toEqual(uniformSigned(1000)(createRng(5)));
    expect(values).not.toEqual(uniformSigned(1000)(createRng(6)));
    expect(values.every((value) => value >= -1 && value < 1)).toBe(true);
    const rng = createRng(5);
    expect(Array.from(values.slice(0, 10))).toEqual(Array.from({ length: 10 }, () => 2 * rng.uniform() - 1));
  });
  it('repeats its block only with a prime period, and fills to the end', () => {
    const values = uniformSigned(4_194_301 + 3)(createRng(1));
    expect(values.slice(4_194_301)).toEqual(values.slice(0, 3));
    expect(values[4_194_304]).not.toBe(values[0]);
    for (let divisor = 2; divisor ** 2 <= 4_194_301; divisor++) expect(4_194_301 % divisor).not.toBe(0);
  });
});

it('normal has mean 0 and variance 1', () => {
  const values = normal(100_000)(createRng(2));
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + b * b, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(Math.abs(variance - 1)).toBeLessThan(0.03);
});
