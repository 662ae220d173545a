import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { matmul, referenceMatmul, registerThreads } from './matmul.ts';

const variantOf = (name: string) => matmul.variants.find((item) => item.name === name)!;
const shape = (m: number, n: number, k: number) => ({ m, n, k, type: 'f32' });
const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);

describe('cost', () => {
  it('counts 2·m·n·k flops and each matrix once', () => {
    const plan = variantOf('naive').plan(shape(3, 5, 7), guaranteedCaps());
    expect(plan.flops).toBe(210);
    expect(plan.bytes).toBe(4 * (21 + 35 + 15));
    expect(plan.checks[0]).toMatchObject({ buffer: 'c', length: 15, flopsPerElement: 14 });
  });
});

describe('referenceMatmul', () => {
  it('multiplies by hand: [1 2 3; 4 5 6]·[7 8; 9 10; 11 12]', () => {
    const a = Float32Array.of(1, 2, 3, 4, 5, 6);
    const b = Float32Array.of(7, 8, 9, 10, 11, 12);
    expect(Array.from(referenceMatmul(a, b, { m: 2, n: 2, k: 3 }, all(4)))).toEqual([58, 64, 139, 154]);
    expect(Array.from(referenceMatmul(a, b, { m: 2, n: 2, k: 3 }, Uint32Array.of(2)))).toEqual([139]);
  });
});

describe('geometry', () => {
  it.each([
    ['naive', shape(100, 65, 3), 102], // ceil(6500 / 64)
    ['tiled', shape(17, 33, 3), 2 * 3],
    ['register', shape(65, 129, 3), 2 * 3],
    ['direct', shape(64, 64, 3), 1],
  ])('%s covers C', (name, params, groups) => {
    const { dispatches } = variantOf(name).plan(params, guaranteedCaps());
    expect(dispatches[0]!.workgroups).toEqual([groups, 1, 1]);
    expect(dispatches[0]!.shader.constants).toMatchObject({ GROUPS: groups, M: params.m, N: params.n, K: params.k });
  });
  it('folds more than 65,535 workgroups', () => {
    const { dispatches } = variantOf('naive').plan(shape(4096, 4096, 1), guaranteedCaps());
    const [x, y] = dispatches[0]!.workgroups;
    expect(x * y).toBeGreaterThanOrEqual(4096 * 64);
    expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
  });
  it('takes the large tile only where there are enough and the device allows it', () => {
    const large = { wx: 16, wy: 16 };
    const small = { wx: 8, wy: 8 };
    expect(registerThreads({ m: 2048, n: 1024, k: 1 }, guaranteedCaps())).toEqual(large);
    expect(registerThreads({ m: 2048, n: 896, k: 1 }, guaranteedCaps())).toEqual(small);
    expect(
      registerThreads({ m: 4096, n: 4096, k: 1 }, guaranteedCaps({ maxComputeInvocationsPerWorkgroup: 128 })),
    ).toEqual(small);
    expect(
      registerThreads({ m: 4096, n: 4096, k: 1 }, guaranteedCaps({ maxComputeWorkgroupStorageSize: 8192 })),
    ).toEqual(small);
  });
  it('reads vec4f only where rows of both operands are aligned', () => {
    const source = (n: number, k: number) =>
      variantOf('register').plan(shape(8, n, k), guaranteedCaps()).dispatches[0]!.shader.source;
    expect(source(8, 8)).toContain('a: array<vec4f>');
    expect(source(7, 8)).toContain('a: array<f32>');
    expect(source(8, 7)).toContain('a: array<f32>');
  });
});

describe('refusals', () => {
  it('names a matrix that is larger than a binding', () => {
    expect(variantOf('naive').illegal(shape(1, 8193, 4096), guaranteedCaps())).toMatch(
      /buffer 'b' is 134234112 bytes; this device binds at most 134217728/,
    );
    expect(variantOf('naive').illegal(shape(1, 8192, 4096), guaranteedCaps())).toBeNull();
  });
  it('needs 256 threads for 16 × 16 tiles', () => {
    expect(
      variantOf('tiled').illegal(shape(8, 8, 8), guaranteedCaps({ maxComputeInvocationsPerWorkgroup: 128 })),
    ).toMatch(/256 invocations/);
  });
  it.each([
    [{ m: 0, n: 1, k: 1, type: 'f32' }, /m=0/],
    [{ m: 1, n: 1, k: 1 }, /'type' is missing/],
    [{ m: 1, n: 1, k: 1, type: 'f16' }, /type=f16 must be f32/],
    [{ m: 65536, n: 65536, k: 1, type: 'f32' }, /m=65536 × n=65536/],
  ])('refuses %j', (params, message) => {
    expect(() => variantOf('register').plan(params, guaranteedCaps())).toThrow(message);
  });
});
