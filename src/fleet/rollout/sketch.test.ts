import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { RELATIVE_ERROR, Sketch } from './sketch.ts';

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e15, noNaN: true, minExcluded: true })), {
  minLength: 1,
  maxLength: 200,
});

describe('Sketch', () => {
  it('gives every order statistic within its relative error', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const sorted = [...sample].sort((a, b) => a - b);
        const sketch = sketchOf(sample);
        for (const p of [0, 0.1, 0.5, 0.9, 1]) {
          const exact = sorted[Math.floor(p * (sorted.length - 1))]!;
          expect(Math.abs(sketch.quantile(p) - exact)).toBeLessThanOrEqual(exact * (RELATIVE_ERROR + 1e-9));
        }
      }),
    );
  });

  it('merges to exactly what one sketch of everything is, in any order', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const whole = sketchOf([...a, ...b]).toJSON();
        const [left, right] = [sketchOf(a), sketchOf(b)];
        left.merge(sketchOf(b));
        right.merge(sketchOf(a));
        expect(left.toJSON()).toEqual(whole);
        expect(right.toJSON()).toEqual(whole);
        expect(Sketch.from(JSON.parse(JSON.stringify(left))).toJSON()).toEqual(whole);
      }),
    );
  });

  it('knows the spread of logarithms', () => {
    const rng = createRng(1);
    const sketch = sketchOf(Array.from({ length: 20000 }, () => Math.exp(5 + 0.4 * rng.normal())));
    const { mean, variance } = sketch.logMoments();
    const unit = Math.log(1.01 / 0.99);
    expect((mean - 0.5) * unit).toBeCloseTo(5, 1);
    expect(Math.sqrt(variance) * unit).toBeCloseTo(0.4, 2);
  });

  it('refuses what is no finite number from 0', () => {
    for (const bad of [-1, Number.NaN, Infinity]) expect(() => new Sketch().add(bad)).toThrow(RangeError);
    expect(() => new Sketch().quantile(0.5)).toThrow('empty');
  });
});
