import { describe, expect, it } from 'vitest';
import type { OutputCheck } from '../../kernels/family.ts';
import { chooseIndices, verifyOutputs } from './verify.ts';

const check = (length: number): OutputCheck => ({
  buffer: 'y',
  length,
  flopsPerElement: 100,
  tolerance: { nmse: 1e-10 },
  reference: (_, indices) => Float64Array.from(indices, (index) => index + 1),
});

describe('chooseIndices', () => {
  it('takes every element when time allows', () => {
    expect([...chooseIndices(check(5), 1)]).toEqual([0, 1, 2, 3, 4]);
  });
  it('else takes one of each stretch, both ends included, ascending and without repeats', () => {
    const indices = chooseIndices(check(1_000_000), 0.01);
    expect(indices[0]).toBe(0);
    expect(indices.at(-1)).toBe(999_999);
    const widest = 2 * (1_000_000 / indices.length);
    for (let i = 1; i < indices.length; i++) {
      expect(indices[i]!).toBeGreaterThan(indices[i - 1]!);
      expect(indices[i]! - indices[i - 1]!).toBeLessThanOrEqual(Math.ceil(widest));
    }
  });
  it('takes whole rows where elements share their cost', () => {
    const indices = chooseIndices({ ...check(64_000), rowLength: 64 }, 0.001);
    expect(indices.length % 64).toBe(0);
    expect(indices.length).toBeLessThan(64_000);
    for (let i = 0; i < indices.length; i += 64) {
      expect(indices[i]! % 64).toBe(0);
      expect(indices[i + 63]).toBe(indices[i]! + 63);
    }
    expect(indices[0]).toBe(0);
    expect(indices.at(-1)).toBe(63_999);
  });
  it('takes at least a few hundred, however dear an element is', () => {
    expect(chooseIndices(check(10_000), 1e-12)).toHaveLength(512);
  });
});

describe('verifyOutputs', () => {
  const indices = new Uint32Array([0, 1, 2]);
  it('passes what agrees', () => {
    const outputs = [{ indices, values: new Float32Array([1, 2, 3]) }];
    expect(verifyOutputs([check(3)], {}, outputs)).toMatchObject({ state: 'passed', checked: 3, total: 3 });
  });
  it('fails with a table of where, and never with a figure that JSON cannot hold', () => {
    const outputs = [{ indices, values: new Float32Array([1, Number.NaN, 3]) }];
    const verdict = verifyOutputs([check(3)], {}, outputs);
    expect(verdict.state).toBe('failed');
    expect(verdict.detail).toMatch(/^y:\n/);
    expect(Number.isFinite(verdict.figures.nmse)).toBe(true);
  });
});
