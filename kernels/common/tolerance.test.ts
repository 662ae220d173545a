import { describe, expect, it } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { dotTolerance } from './tolerance.ts';

/** Largest error and NMSE of running f32 sums over `length` products, from 40 seeded draws. */
function runningSums(length: number): { nmse: number; absolute: number } {
  const rng = createRng(3);
  let [squares, errors, absolute] = [0, 0, 0];
  for (let trial = 0; trial < 40; trial++) {
    let [exact, rounded] = [0, 0];
    for (let i = 0; i < length; i++) {
      const [a, b] = [2 * rng.uniform() - 1, 2 * rng.uniform() - 1];
      exact += a * b;
      rounded = Math.fround(rounded + Math.fround(a * b));
    }
    squares += exact ** 2;
    errors += (rounded - exact) ** 2;
    absolute = Math.max(absolute, Math.abs(rounded - exact));
  }
  return { nmse: errors / squares, absolute };
}

describe('dotTolerance', () => {
  it.each([1, 7, 256, 4096, 65536])('holds running f32 sums of %i terms', (length) => {
    const seen = runningSums(length);
    const allowed = dotTolerance(length);
    expect(seen.nmse).toBeLessThan(allowed.nmse);
    expect(seen.absolute).toBeLessThan(allowed.absolute!);
  });
  it('is 1e-11 up to ordinary lengths, and always far below one lost term', () => {
    expect(dotTolerance(4096).nmse).toBe(1e-11);
    for (const length of [16, 256, 4096]) expect(dotTolerance(length).absolute).toBeLessThan(1 / 3 / 4);
  });
});
