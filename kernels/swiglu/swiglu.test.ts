import { expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { referenceSwiglu, swiglu } from './swiglu.ts';

const PLAIN = { alpha: 1, limit: 0, shift: 0 };
const variantOf = (name: string) => swiglu.variants.find((item) => item.name === name)!;

it('counts 4 flops and 12 bytes an element, padding not', () => {
  const plan = variantOf('vec4').plan({ rows: 3, width: 7 }, guaranteedCaps());
  expect(plan.flops).toBe(84);
  expect(plan.bytes).toBe(252);
  expect(plan.buffers.map((buffer) => buffer.bytes)).toEqual([96, 96, 96]);
  expect(plan.checks[0]!.length).toBe(21);
});

it('referenceSwiglu by hand: silu(0) = 0, silu(ln 3) = 3/4·ln 3, silu(−∞ side) → 0', () => {
  const g = Float32Array.of(0, Math.log(3), -200);
  const y = referenceSwiglu(g, Float32Array.of(5, 2, 1e6), PLAIN, Uint32Array.of(0, 1, 2));
  expect(y[0]).toBe(0);
  expect(y[1]).toBeCloseTo(1.5 * Math.log(3), 6);
  expect(y[2]).toBeCloseTo(0, 12);
});

it.each([
  ['naive', 257, 2],
  ['vec4', 1025, 2],
  ['vec4', 1024, 1],
])('%s covers %i elements with %i workgroups', (name, width, groups) => {
  const { dispatches } = variantOf(name).plan({ rows: 1, width }, guaranteedCaps());
  expect(dispatches[0]!.workgroups).toEqual([groups, 1, 1]);
});

it.each([
  [{ rows: 1 }, /'width' is missing/],
  [{ rows: 1, width: 1, depth: 1 }, /unknown parameter 'depth'/],
])('refuses %j', (params, message) => {
  expect(() => variantOf('naive').plan(params, guaranteedCaps())).toThrow(message);
});

it('referenceSwiglu by hand: alpha scales the gate’s slope; gpt-oss clamps the gate above, the other on both sides', () => {
  const y = referenceSwiglu(
    Float32Array.of(Math.log(3), 9, -9),
    Float32Array.of(1, 9, -9),
    { alpha: 2, limit: 7, shift: 1 },
    Uint32Array.of(0, 1, 2),
  );
  expect(y[0]).toBeCloseTo(Math.log(3) * 0.9 * 2, 6);
  expect(y[1]).toBeCloseTo((7 / (1 + Math.exp(-14))) * 8, 9);
  expect(y[2]).toBeCloseTo((-9 / (1 + Math.exp(18))) * -6, 12);
});
