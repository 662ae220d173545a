import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { angleTable, referenceRope, rope } from './rope.ts';

const variantOf = (name: string) => rope.variants.find((item) => item.name === name)!;
const CASE = { seq: 3, heads: 5, dim: 16, theta: 10000 };

it('counts 3 flops an element, x and y once, both tables once', () => {
  const plan = variantOf('naive').plan(CASE, guaranteedCaps());
  expect(plan.flops).toBe(3 * 240);
  expect(plan.bytes).toBe(4 * (480 + 3 * 8 * 2));
});

it('angleTable holds position·theta^(−2i/dim)', () => {
  const angles = angleTable((angle) => angle, { seq: 3, heads: 1, dim: 4, theta: 100 });
  expect(Array.from(angles)).toEqual([0, 0, 1, 0.1, 2, 0.2].map(Math.fround));
});

describe('referenceRope', () => {
  it('turns the pair (x[i], x[i + dim/2]) by hand, with each position’s own angle', () => {
    // Two heads, two positions, dim 4; position 0 not turned, position 1 turned by a quarter and by a half circle.
    const x = Float32Array.of(1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8);
    const inputs = { x, cosine: Float32Array.of(1, 1, 0, -1), sine: Float32Array.of(0, 0, 1, 0) };
    const y = referenceRope(
      inputs,
      { seq: 2, dim: 4 },
      Uint32Array.from({ length: 16 }, (_, i) => i),
    );
    expect(Array.from(y)).toEqual([1, 2, 3, 4, -3, -2, 1, -4, 5, 6, 7, 8, -7, -6, 5, -8]);
  });
});

it.each([
  ['naive', 120, 1],
  ['vec4', 30, 1],
])('%s has %i threads’ work in %i workgroup', (name, _threads, groups) => {
  expect(variantOf(name).plan(CASE, guaranteedCaps()).dispatches[0]!.workgroups).toEqual([groups, 1, 1]);
});

it('covers more than one workgroup', () => {
  const params = { seq: 1, heads: 257, dim: 8, theta: 10000 };
  expect(variantOf('vec4').plan(params, guaranteedCaps()).dispatches[0]!.workgroups).toEqual([2, 1, 1]);
  expect(variantOf('naive').plan(params, guaranteedCaps()).dispatches[0]!.workgroups).toEqual([5, 1, 1]);
});

it.each([
  ['naive', { ...CASE, dim: 7 }, /dim=7 must be a multiple of 2/],
  ['vec4', { ...CASE, dim: 12 }, /dim=12 must be a multiple of 8/],
  ['naive', { ...CASE, theta: 0 }, /theta=0/],
  ['naive', { seq: 1, heads: 1, dim: 2 }, /'theta' is missing/],
])('%s refuses %j', (name, params, message) => {
  expect(() => variantOf(name).plan(params, guaranteedCaps())).toThrow(message);
});
