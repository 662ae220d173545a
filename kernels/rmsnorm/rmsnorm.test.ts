import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { referenceRmsnorm, rmsnorm } from './rmsnorm.ts';

const variantOf = (name: string) => rmsnorm.variants.find((item) => item.name === name)!;

it('counts 4 flops an element, x and y once, the weights once', () => {
  const plan = variantOf('naive').plan({ rows: 3, width: 5, eps: 1e-5 }, guaranteedCaps());
  expect(plan.flops).toBe(60);
  expect(plan.bytes).toBe(4 * (15 + 15 + 5));
  expect(plan.dispatches[0]!.shader.constants.EPS).toBe('f32(0.00001)');
});

it('referenceRmsnorm by hand: [2 4] has mean square 10, so with eps 6 it is divided by 4; [0 0] stays 0', () => {
  const x = Float32Array.of(2, 4, 0, 0);
  const y = referenceRmsnorm(x, Float32Array.of(1, 2), { width: 2, eps: 6 }, Uint32Array.of(0, 1, 3));
  expect(Array.from(y)).toEqual([0.5, 2, 0]);
});

describe('geometry', () => {
  it.each([
    ['naive', 65, 2, 64],
    ['workgroup', 65, 65, 256],
    ['workgroup', 256, 256, 64],
  ])('%s gives %i rows %i workgroups of %i threads', (name, rows, groups, threads) => {
    const { dispatches } = variantOf(name).plan({ rows, width: 8, eps: 1e-5 }, guaranteedCaps());
    expect(dispatches[0]!.workgroups).toEqual([groups, 1, 1]);
    expect(dispatches[0]!.shader.constants.THREADS).toBe(threads);
  });
});

it.each([
  [{ rows: 1, width: 0, eps: 1e-5 }, /width=0/],
  [{ rows: 1, width: 8, eps: 0 }, /eps=0 must be a number from/],
  [{ rows: 1, width: 8 }, /'eps' is missing/],
])('refuses %j', (params, message) => {
  expect(() => variantOf('naive').plan(params, guaranteedCaps())).toThrow(message);
});
