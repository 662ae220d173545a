import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { referenceSoftmax, softmax } from './softmax.ts';

const variantOf = (name: string) => softmax.variants.find((item) => item.name === name)!;
const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);

it('counts 5 flops an element, each read and written once', () => {
  const plan = variantOf('workgroup').plan({ rows: 3, width: 7 }, guaranteedCaps());
  expect(plan.flops).toBe(105);
  expect(plan.bytes).toBe(168);
});

describe('referenceSoftmax', () => {
  it('by hand: e⁰ : e^ln 3 is 1 : 3', () => {
    const y = referenceSoftmax(Float32Array.of(0, Math.log(3)), 2, all(2));
    expect(y[0]).toBeCloseTo(0.25, 7);
    expect(y[1]).toBeCloseTo(0.75, 7);
  });
  it('does not overflow, gives −∞ no weight, and a row of nothing else equal weights', () => {
    const x = Float32Array.of(1000, 1000, -Infinity, -Infinity, -Infinity, -Infinity);
    const y = Array.from(referenceSoftmax(x, 3, all(6)));
    expect(y).toEqual([0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3]);
  });
});

it.each([
  ['naive', 65, 2, 64],
  ['workgroup', 65, 65, 256],
  ['workgroup', 300, 300, 64],
])('%s gives %i rows %i workgroups of %i threads', (name, rows, groups, threads) => {
  const { dispatches } = variantOf(name).plan({ rows, width: 8 }, guaranteedCaps());
  expect(dispatches[0]!.workgroups).toEqual([groups, 1, 1]);
  expect(dispatches[0]!.shader.constants.THREADS).toBe(threads);
});

it('fills in masked scores', () => {
  const fill = variantOf('naive').plan({ rows: 16, width: 64 }, guaranteedCaps()).buffers[0]!.fill!;
  let draw = 0;
  const values = fill({ u32: () => 0, uniform: () => (draw++ % 16) / 16, normal: () => 1 });
  expect(values.filter((value) => value === -Infinity)).toHaveLength(64);
  expect(values.filter((value) => value === 3)).toHaveLength(960);
});

it.each([
  [{ rows: 1 }, /'width' is missing/],
  [{ rows: -1, width: 1 }, /rows=-1/],
  [{ rows: 2 ** 16, width: 2 ** 15 }, /rows=65536 × width=32768/],
])('refuses %j', (params, message) => {
  expect(() => variantOf('naive').plan(params, guaranteedCaps())).toThrow(message);
});
