import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { angleTable, referenceRope } from './reference.ts';
import { rope } from './rope.ts';

const variantOf = (name: string) => rope.variants.find((item) => item.name === name)!;
const CASE = { seq: 3, heads: 5, dim: 16, theta: 10000 };

it('counts 3 flops an element, x and y once, both tables and the positions once', () => {
  const plan = variantOf('naive').plan(CASE, guaranteedCaps());
  expect(plan.flops).toBe(3 * 240);
  expect(plan.bytes).toBe(4 * (480 + 3 * 8 * 2 + 3));
});

it('angleTable holds position·theta^(−2i/dim)', () => {
  const angles = angleTable((angle) => angle, { table: 3, rotary: 4, theta: 100 });
  expect(Array.from(angles)).toEqual([0, 0, 1, 0.1, 2, 0.2].map(Math.fround));
});

describe('referenceRope', () => {
  it('turns the pair (x[i], x[i + dim/2]) by hand, with each position’s own angle', () => {
    // Two heads, two positions, dim 4; position 0 not turned, position 1 turned by a quarter and by a half circle.
    const x = Float32Array.of(1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8);
    const y = referenceRope({ x, ...TURNS }, { ...HALVES, heads: 2 }, all(16));
    expect(Array.from(y)).toEqual([1, 2, 3, 4, -3, -2, 1, -4, 5, 6, 7, 8, -7, -6, 5, -8]);
  });
});

const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);
// Position 0 is not turned; position 1 by a quarter and by a half circle.
const TURNS = {
  positions: [0, 1],
  cosine: Float32Array.of(1, 1, 0, -1),
  sine: Float32Array.of(0, 0, 1, 0),
};
const HALVES = { seq: 2, dim: 4, rotary: 4, pairs: 'halves', layout: 'heads' } as const;

describe('referenceRope, other forms', () => {
  it('interleaved: neighbours are a pair', () => {
    const x = Float32Array.of(1, 2, 3, 4, 1, 2, 3, 4);
    const y = referenceRope({ x, ...TURNS }, { ...HALVES, heads: 1, pairs: 'interleaved' }, all(8));
    expect(Array.from(y)).toEqual([1, 2, 3, 4, -2, 1, -3, -4]);
  });
  it('partial: columns beyond `rotary` stay; positions come before heads; the list picks the row', () => {
    const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const inputs = { x, positions: [1], cosine: [1, 0], sine: [0, 1] };
    const form = { seq: 1, heads: 2, dim: 4, rotary: 2, pairs: 'halves', layout: 'positions' } as const;
    expect(Array.from(referenceRope(inputs, form, all(8)))).toEqual([-2, 1, 3, 4, -6, 5, 7, 8]);
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
  ['vec4', { ...CASE, rotary: 12 }, /rotary=12 must be a multiple of 8/],
  ['naive', { ...CASE, rotary: 18 }, /rotary at most dim=16/],
  ['naive', { ...CASE, theta: 0 }, /theta=0/],
  ['naive', { seq: 1, heads: 1, dim: 2 }, /'theta' is missing/],
])('%s refuses %j', (name, params, message) => {
  expect(() => variantOf(name).plan(params, guaranteedCaps())).toThrow(message);
});
