import { describe, expect, it } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import type { DeviceCaps } from '../family.ts';
import { closedForm, factorsFor } from './chains.ts';
import { dotChain } from './dp4a.ts';
import { fma } from './fma.ts';
import { matrixChains } from './matrix.ts';

const variantOf = (name: string) => fma.variants.find((item) => item.name === name)!;
const vec4 = variantOf('vec4');
const CASE = { threads: 512, steps: 64, type: 'f32' };
const MATRIX = { componentType: 'f16', resultComponentType: 'f32', M: 8, N: 16, K: 8 };
const rich = (changes: Partial<DeviceCaps> = {}) =>
  guaranteedCaps({
    features: new Set(['subgroups', 'shader-f16', 'chromium-experimental-subgroup-matrix']),
    languageFeatures: new Set(['packed_4x8_integer_dot_product', 'subgroup_id']),
    subgroupMatrixConfigs: [MATRIX],
    subgroupMaxSize: 32,
    ...changes,
  });

describe('cost', () => {
  it.each([
    ['vec4', 4],
    ['vec2', 8],
    ['scalar', 16],
  ])('%s: 16 values a thread in %i chains, two flops a step', (name, chains) => {
    const plan = variantOf(name).plan(CASE, guaranteedCaps());
    expect(plan.flops).toBe(2 * 16 * 512 * 64);
    expect(plan.bytes).toBe(2 * 64 * 512 + 8);
    expect(plan.dispatches[0]!.workgroups).toEqual([2, 1, 1]);
    expect(plan.dispatches[0]!.shader.constants.CHAINS).toBe(chains);
    expect(plan.checks[0]!.length).toBe(16 * 512);
  });
  it('f16: two bytes a value, and a roof of its own', () => {
    const plan = vec4.plan({ ...CASE, type: 'f16', chains: 2 }, rich());
    expect([plan.arithmetic, plan.flops, plan.bytes]).toEqual(['f16', 2 * 8 * 512 * 64, 2 * 2 * 8 * 512 + 4]);
    expect(plan.dispatches[0]!.shader.enables).toEqual(['f16']);
  });
  it('dp4a: eight operations an instruction', () => {
    const plan = variantOf('dp4a').plan({ ...CASE, type: 'int8' }, guaranteedCaps());
    expect([plan.arithmetic, plan.flops]).toEqual(['int8', 8 * 8 * 512 * 64]);
  });
  it('matrix: 2·M·N·K a product, one subgroup a workgroup', () => {
    const plan = variantOf('matrix').plan({ subgroups: 10, steps: 3, type: 'f16' }, rich());
    expect([plan.arithmetic, plan.flops]).toEqual(['matrix-f16', 2 * 8 * 16 * 8 * 4 * 10 * 3]);
    expect(plan.dispatches[0]!.workgroups).toEqual([10, 1, 1]);
    expect(plan.dispatches[0]!.shader.constants).toMatchObject({ THREADS: 32, MM: 8, MN: 16, MK: 8 });
  });
});

it('both forms of a multiply-add are points of the tuning space', () => {
  const source = (form?: string) =>
    vec4.plan({ ...CASE, ...(form && { form }) }, guaranteedCaps()).dispatches[0]!.shader.source;
  expect(source()).toContain('x0 = x0 * scale + shift;');
  expect(source()).not.toContain('= fma(');
  expect(source('fma')).toContain('x0 = fma(x0, scale, shift);');
  expect(vec4.tuning!(CASE, guaranteedCaps())).toEqual([
    {},
    { chains: 1 },
    { chains: 2 },
    { chains: 8 },
    { form: 'fma' },
  ]);
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

describe('dotChain', () => {
  it('is two steps by hand: y = −1·2 + 1·3 = 1, x = 511 + 1·2 = 513', () => {
    expect(dotChain(0x01ff, 0x0302, 2)).toBe(513);
  });
  it('never settles on the probe’s weights, so that a chain that is short by 8 steps is told', () => {
    const { buffers } = variantOf('dp4a').plan({ threads: 256, steps: 4096, type: 'int8' }, guaranteedCaps());
    const [starts, weights] = buffers.slice(0, 2).map((buffer) => buffer.fill!(createRng(5)));
    const settled = Array.from(starts!.subarray(0, 200)).filter(
      (x) => dotChain(x, weights![0]!, 4096) === dotChain(x, weights![0]!, 4088),
    );
    expect(settled).toEqual([]);
  });
});

it('matrixChains is steps times the product of the operands it is given', () => {
  const plan = variantOf('matrix').plan({ subgroups: 1, steps: 5, type: 'f16', chains: 1 }, rich());
  const words = plan.buffers[0]!.fill!(createRng(1));
  const half = (i: number) => ((words[i >> 1]! >>> (16 * (i & 1))) & 0xffff ? 1 : 0);
  const product = Array.from({ length: 8 * 16 }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < 8; k++) sum += half(Math.floor(at / 16) * 8 + k) * half(64 + k * 16 + (at % 16));
    return 5 * sum;
  });
  const indices = Uint32Array.from({ length: 2 * 8 * 16 }, (_, i) => i);
  expect(Array.from(matrixChains(MATRIX, 5, indices))).toEqual([...product, ...product]);
  expect(new Set(product)).toEqual(new Set([0, 5]));
});

describe('refusals', () => {
  it.each([
    [{ ...CASE, threads: 100 }, /threads=100 must be a multiple of 256/],
    [{ ...CASE, steps: 12 }, /steps=12 must be a multiple of 8/],
    [{ ...CASE, steps: 8192 }, /steps=8192 must be a multiple of 8 from 8 to 4096/],
    [{ ...CASE, type: 'f16', steps: 2024 }, /steps=2024 must be a multiple of 8 from 8 to 2016/],
    [{ threads: 256, steps: 8 }, /'type' is missing/],
  ])('of %j', (params, message) => {
    expect(() => vec4.plan(params, guaranteedCaps())).toThrow(message);
  });
  it('name what the device lacks', () => {
    const matrix = { subgroups: 1, steps: 1, type: 'f16' };
    expect(vec4.illegal({ ...CASE, type: 'f16' }, guaranteedCaps())).toMatch(/'shader-f16'/);
    expect(variantOf('matrix').illegal(matrix, guaranteedCaps())).toMatch(/'chromium-experimental-subgroup-matrix'/);
    expect(variantOf('matrix').illegal(matrix, rich({ subgroupMatrixConfigs: [] }))).toMatch(/multiply f16/);
    expect(variantOf('matrix').illegal(matrix, rich())).toBeNull();
  });
});
