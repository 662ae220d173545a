import { describe, expect, it } from 'vitest';
import type { Params } from '../../src/core/case-id.ts';
import { quantise } from '../../src/core/quantised.ts';
import { packHalves } from '../common/halves.ts';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { matmul } from './matmul.ts';
import { type ElementType, referenceMatmul } from './problem.ts';
import { defaultTile } from './register.ts';

const variantOf = (name: string) => matmul.variants.find((item) => item.name === name)!;
const shape = (m: number, n: number, k: number, type: ElementType = 'f32') => ({ m, n, k, type });
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
  const sizes = { n: 2, k: 3 };
  it('multiplies by hand: [1 2 3; 4 5 6]·[7 8; 9 10; 11 12]', () => {
    const inputs = { a: Float32Array.of(1, 2, 3, 4, 5, 6), b: Float32Array.of(7, 8, 9, 10, 11, 12) };
    expect(Array.from(referenceMatmul(inputs, { ...sizes, type: 'f32' }, all(4)))).toEqual([58, 64, 139, 154]);
    expect(Array.from(referenceMatmul(inputs, { ...sizes, type: 'f32' }, Uint32Array.of(2)))).toEqual([139]);
  });
  it('reads the same matrices as f16', () => {
    const inputs = { a: packHalves([1, 2, 3, 4, 5, 6]), b: packHalves([7, 8, 9, 10, 11, 12]) };
    expect(Array.from(referenceMatmul(inputs, { ...sizes, type: 'f16' }, all(4)))).toEqual([58, 64, 139, 154]);
  });
  it.each(['int8', 'int4'] as const)('reads %s weights with a row for each column of B', (type) => {
    const { quants, scales } = quantise(type, 2, 3, [7, 7, -7, 14, 7, 0]);
    const inputs = { a: Float32Array.of(1, 2, 3), quants, scales };
    const [first, second] = referenceMatmul(inputs, { ...sizes, type }, all(2));
    expect(first).toBeCloseTo(0, 1);
    expect(second).toBeCloseTo(28, type === 'int4' ? -1 : 0);
  });
});

describe('geometry', () => {
  it.each([
    ['naive', shape(100, 65, 3), 102], // ceil(6500 / 64)
    ['tiled', shape(17, 33, 3), 2 * 3],
    ['register', shape(65, 129, 3), 3 * 5],
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
  it('takes a larger tile where there are enough of them for every multiprocessor', () => {
    expect(defaultTile(shape(2048, 1024, 1))).toMatchObject({ bm: 128, bn: 128, rows: 8, cols: 8 });
    expect(defaultTile(shape(2048, 896, 1))).toMatchObject({ bm: 64, bn: 64, rows: 8, cols: 8 });
    expect(defaultTile(shape(256, 256, 1))).toMatchObject({ bm: 32, bn: 32, rows: 4, cols: 4 });
  });
  it('reads four elements at a time only where the rows of an operand are aligned', () => {
    const source = (n: number, k: number, type?: ElementType) =>
      variantOf('register').plan(shape(8, n, k, type), guaranteedCaps()).dispatches[0]!.shader.source;
    expect(source(8, 8)).toMatch(/c: array<vec4f>.*a: array<Four>|a: array<Four>[\s\S]*b: array<Four>/);
    expect(source(8, 7)).toMatch(/a: array<One>[\s\S]*b: array<Four>/);
    expect(source(7, 8)).toMatch(/a: array<Four>[\s\S]*b: array<One>/);
  });
  it('keeps a direct block inside a short C, and the workgroup as large', () => {
    const { constants } = variantOf('direct').plan(shape(3, 512, 8), guaranteedCaps()).dispatches[0]!.shader;
    expect(constants).toMatchObject({ ROWS: 4, WX: 64, WY: 1 });
  });
  it.each([
    [128, 4, { SHARE: 4, LOADS: 2, WX: 128, WY: 1 }],
    [32, 32, { SHARE: 8, LOADS: 1, WX: 32, WY: 2 }],
    [4, 4, { SHARE: 4, LOADS: 2, WX: 4, WY: 16 }],
  ])('broadcasts over whole subgroups of at most %i lanes and at least %i', (most, least, expected) => {
    const caps = guaranteedCaps({ subgroupMaxSize: most, subgroupMinSize: least });
    expect(variantOf('broadcast').plan(shape(512, 512, 8), caps).dispatches[0]!.shader.constants).toMatchObject(
      expected,
    );
  });
});

describe('tuning', () => {
  it('names only what differs from the default of the shape, and no point twice', () => {
    const points = variantOf('register').tuning!(shape(4096, 4096, 64), guaranteedCaps());
    expect(points[0]).toEqual({});
    expect(points).toContainEqual({ stages: 2, bk: 8 });
    expect(points).toContainEqual({ bm: 64, bn: 64 });
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(points.length);
    expect(variantOf('broadcast').tuning!(shape(512, 512, 64), guaranteedCaps())).toContainEqual({ rows: 16 });
  });
  it('gives a short C narrower workgroups, and a tall one none', () => {
    const points = (name: string, m: number) => variantOf(name).tuning!(shape(m, 512, 64), guaranteedCaps());
    expect(points('direct', 1)).toContainEqual({ wx: 16, cols: 16 });
    expect(points('broadcast', 1)).toContainEqual({ across: 1, cols: 16 });
    expect(points('direct', 64).some((point) => 'wx' in point)).toBe(false);
    const caps = guaranteedCaps({ subgroupMaxSize: 8, subgroupMinSize: 8 });
    const { constants } = variantOf('broadcast').plan({ ...shape(1, 512, 8), across: 2 }, caps).dispatches[0]!.shader;
    expect(constants).toMatchObject({ WX: 16, WY: 1 });
  });
  it('leaves out blocks taller than C', () => {
    const rows = variantOf('broadcast').tuning!(shape(3, 512, 64), guaranteedCaps()).map((point) => point.rows ?? 4);
    expect(Math.max(...(rows as number[]))).toBe(4);
  });
});

describe('split-k', () => {
  const plan = (splits: number, k: number) =>
    variantOf('split-k').plan({ ...shape(8, 8, k), splits }, guaranteedCaps());
  it('writes a partial product a slice of K, and adds them', () => {
    const { buffers, dispatches, bytes } = plan(4, 100);
    expect(buffers.find(({ name }) => name === 'partial')).toMatchObject({ role: 'scratch', bytes: 4 * 64 * 4 });
    expect(dispatches.map(({ bindings }) => bindings)).toEqual([
      ['partial', 'a', 'b'],
      ['c', 'partial'],
    ]);
    expect(dispatches[0]!.shader.constants).toMatchObject({ SPLITS: 4, DEPTH: 32, GROUPS: 4 });
    expect(bytes).toBe(4 * (800 + 800 + 64));
  });
  it('cuts a small C into enough workgroups, a large one not at all', () => {
    const splits = (m: number) =>
      variantOf('split-k').plan(shape(m, 256, 4096), guaranteedCaps()).dispatches[0]!.shader.constants.SPLITS;
    expect([splits(32), splits(256), splits(8192)]).toEqual([16, 2, 1]);
  });
  it('refuses a slice with nothing in it', () => {
    expect(() => plan(8, 100)).toThrow('splits=8 must be a whole number from 1 to 7');
  });
});

describe('f16', () => {
  const f16 = guaranteedCaps({ features: new Set(['shader-f16', 'subgroups']) });
  const shaderOf = (name: string, params: Params, caps = f16) =>
    variantOf(name).plan(params, caps).dispatches[0]!.shader;
  it.each(['naive', 'tiled', 'register', 'direct', 'broadcast'])(
    '%s: the f32 kernel is its twin, but for the alias',
    (name) => {
      const twin = shaderOf(name, shape(64, 64, 64)).source;
      const native = shaderOf(name, shape(64, 64, 64, 'f16'));
      expect(native.enables).toContain('f16');
      expect(native.source.slice(native.source.indexOf('alias h = f16;') + 14)).toBe(
        twin.slice(twin.indexOf('alias h = f32;') + 14),
      );
    },
  );
  it('unpacks words where the device has no f16, or when asked', () => {
    expect(shaderOf('direct', shape(8, 8, 8, 'f16'), guaranteedCaps()).source).toContain('unpack2x16float(stored.x)');
    expect(shaderOf('direct', { ...shape(8, 8, 8, 'f16'), half: 'packed' }).source).toContain('unpack2x16float');
    expect(variantOf('direct').tuning!(shape(8, 8, 8, 'f16'), f16)).toContainEqual({ half: 'packed' });
    expect(variantOf('direct').illegal({ ...shape(8, 8, 8, 'f16'), half: 'native' }, guaranteedCaps())).toMatch(
      /needs the feature 'shader-f16'/,
    );
  });
  it('counts two bytes an element of A and B', () => {
    expect(variantOf('direct').plan(shape(3, 5, 7, 'f16'), f16).bytes).toBe(4 * 15 + 44 + 72);
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
    [{ m: 1, n: 1, k: 1, type: 'f64' }, /type=f64 must be f32 or f16 or int8 or int4/],
    [{ m: 65536, n: 65536, k: 1, type: 'f32' }, /m=65536 × n=65536/],
  ])('refuses %j', (params, message) => {
    expect(() => variantOf('register').plan(params, guaranteedCaps())).toThrow(message);
  });
});
