import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { readParams, requireAddressable, size } from './params.ts';

const SPEC = {
  n: size(100),
  dim: size(64, 4),
  eps: { kind: 'number', min: 0, max: 1 },
  type: { kind: 'choice', choices: ['f32', 'f16'] },
} as const;
const GOOD = { n: 3, dim: 8, eps: 0.5, type: 'f32' };

describe('readParams', () => {
  it('returns what fits', () => {
    expect(readParams('demo', GOOD, SPEC)).toEqual(GOOD);
  });
  it.each([
    [{ ...GOOD, n: 0 }, 'demo: n=0 must be a whole number from 1 to 100'],
    [{ ...GOOD, n: 101 }, 'demo: n=101 must be a whole number from 1 to 100'],
    [{ ...GOOD, n: 1.5 }, 'demo: n=1.5 must be a whole number from 1 to 100'],
    [{ ...GOOD, n: 'many' }, 'demo: n=many must be a whole number from 1 to 100'],
    [{ ...GOOD, n: Number.NaN }, 'demo: n=NaN must be a whole number from 1 to 100'],
    [{ ...GOOD, dim: 6 }, 'demo: dim=6 must be a multiple of 4 from 4 to 64'],
    [{ ...GOOD, eps: 2 }, 'demo: eps=2 must be a number from 0 to 1'],
    [{ ...GOOD, type: 'f64' }, 'demo: type=f64 must be f32 or f16'],
    [{ n: 3, dim: 8, eps: 0.5 }, "demo: parameter 'type' is missing; give type=f32 or f16"],
  ])('refuses %j', (params, message) => {
    expect(() => readParams('demo', params, SPEC)).toThrow(new UserError(message));
  });
  it('lists the known parameters beside an unknown one', () => {
    expect(() => readParams('demo', { ...GOOD, rows: 1 }, SPEC)).toThrow(
      /unknown parameter 'rows'\. Known: n=a whole number from 1 to 100, dim=/,
    );
  });
});

describe('requireAddressable', () => {
  it('lets 2^30 elements through and no more', () => {
    expect(() => requireAddressable('demo', { a: 2 ** 15, b: 2 ** 15 })).not.toThrow();
    expect(() => requireAddressable('demo', { a: 2 ** 15, b: 2 ** 15 + 1 })).toThrow(
      /demo: a=32768 × b=32769 is 1073774592 elements; one buffer holds at most 1073741824/,
    );
  });
});
