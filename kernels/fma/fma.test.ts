import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { closedForm, factorsFor, fma } from './fma.ts';

const vec4 = fma.variants[0]!;
const CASE = { threads: 512, steps: 64, type: 'f32' };

it('counts 16 chains a thread, two flops a step', () => {
  const plan = vec4.plan(CASE, guaranteedCaps());
  expect(plan.flops).toBe(2 * 16 * 512 * 64);
  expect(plan.bytes).toBe(2 * 64 * 512 + 8);
  expect(plan.dispatches[0]!.workgroups).toEqual([2, 1, 1]);
  expect(plan.checks[0]!.length).toBe(16 * 512);
});

describe('closedForm', () => {
  it('is two steps of x·0.5 + 3 by hand: 8 → 7 → 6.5', () => {
    const result = closedForm(Float32Array.of(1, 8), Float32Array.of(0.5, 3), 2, Uint32Array.of(1));
    expect(Array.from(result)).toEqual([6.5]);
  });
  it.each([8, 1024, 4096])(
    'agrees with %i steps taken one by one, and tells a chain that is 8 steps short',
    (steps) => {
      const factors = factorsFor(steps);
      const walk = (count: number): number => {
        let x = 0.25;
        for (let i = 0; i < count; i++) x = x * factors[0]! + factors[1]!;
        return x;
      };
      const expected = closedForm(Float32Array.of(0.25), factors, steps, Uint32Array.of(0))[0]!;
      const { tolerance } = vec4.plan({ threads: 256, steps, type: 'f32' }, guaranteedCaps()).checks[0]!;
      expect(Math.abs(expected - walk(steps))).toBeLessThan(1e-12);
      expect(Math.abs(expected - walk(steps - 8))).toBeGreaterThan(tolerance.absolute!);
      expect((1 - walk(steps - 8) / expected) ** 2).toBeGreaterThan(tolerance.nmse);
    },
  );
});

it.each([
  [{ ...CASE, threads: 100 }, /threads=100 must be a multiple of 256/],
  [{ ...CASE, steps: 12 }, /steps=12 must be a multiple of 8/],
  [{ ...CASE, steps: 8192 }, /steps=8192 must be a multiple of 8 from 8 to 4096/],
  [{ threads: 256, steps: 8 }, /'type' is missing/],
])('refuses %j', (params, message) => {
  expect(() => vec4.plan(params, guaranteedCaps())).toThrow(message);
});
