import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { gemv } from './gemv.ts';
import { referenceGemv } from './problem.ts';

const variantOf = (name: string) => gemv.variants.find((item) => item.name === name)!;

it('counts 2·n·k flops and each operand once', () => {
  const plan = variantOf('naive').plan({ n: 3, k: 5 }, guaranteedCaps());
  expect(plan.flops).toBe(30);
  expect(plan.bytes).toBe(4 * (15 + 5 + 3));
});

it('referenceGemv multiplies by hand: [1 2; 3 4; 5 6]·[10; 100]', () => {
  const w = Float32Array.of(1, 2, 3, 4, 5, 6);
  const inputs = { w, x: Float32Array.of(10, 100) };
  const shape = { m: 1, n: 3, k: 2, type: 'f32' } as const;
  expect(Array.from(referenceGemv(inputs, shape, 'rows', Uint32Array.of(0, 2)))).toEqual([210, 650]);
});

describe('geometry', () => {
  it.each([
    ['naive', 129, 3],
    ['workgroup', 129, 33],
    ['subgroup', 128, 32],
  ])('%s covers %i rows with %i workgroups', (name, n, groups) => {
    const { dispatches } = variantOf(name).plan({ n, k: 8 }, guaranteedCaps());
    expect(dispatches[0]!.workgroups).toEqual([groups, 1, 1]);
  });
  it('reads vec4f only where rows are aligned', () => {
    const source = (k: number) =>
      variantOf('workgroup').plan({ n: 4, k }, guaranteedCaps()).dispatches[0]!.shader.source;
    expect(source(8)).toContain('w: array<vec4f>');
    expect(source(9)).toContain('w: array<f32>');
  });
});

describe('units', () => {
  it('counts weights as they are stored: int4 half a byte and two bytes of scale a block', () => {
    const bytes = (type: string): number => variantOf('units').plan({ n: 6, k: 64, type }, guaranteedCaps()).bytes;
    const vectors = 4 * (64 + 6);
    expect(['f32', 'f16', 'int8', 'int4'].map((type) => bytes(type) - vectors)).toEqual([1536, 768, 408, 216]);
  });
  it('are no wider than the smallest subgroup, and need none where there are none', () => {
    const { tuning, illegal } = variantOf('units');
    const caps = guaranteedCaps({ subgroupMinSize: 8 });
    expect(illegal({ n: 4, k: 4, lanes: 16 }, caps)).toMatch(/subgroups of at least 16/);
    expect(illegal({ n: 4, k: 4, lanes: 16 }, guaranteedCaps({ features: new Set() }))).toBeNull();
    expect(illegal({ n: 4, k: 4, lanes: 6 }, caps)).toMatch(/lanes=6 must be a power of two/);
    expect(tuning!({ n: 4, k: 4 }, caps)).toContainEqual({ lanes: 8, rows: 8 });
    expect(tuning!({ n: 4, k: 4 }, caps)).not.toContainEqual({ lanes: 16, rows: 4 });
  });
});

describe('refusals', () => {
  it('needs subgroups for the subgroup variant alone, and enables them', () => {
    const bare = guaranteedCaps({ features: new Set() });
    expect(variantOf('subgroup').illegal({ n: 4, k: 4 }, bare)).toMatch(/'subgroups'/);
    expect(variantOf('workgroup').illegal({ n: 4, k: 4 }, bare)).toBeNull();
    const { shader } = variantOf('subgroup').plan({ n: 4, k: 4 }, guaranteedCaps()).dispatches[0]!;
    expect(shader.enables).toEqual(['subgroups']);
  });
  it.each([
    [{ n: 4 }, /'k' is missing/],
    [{ n: 4, k: 4, m: 4 }, /takes m=1 and type=f32 alone/],
    [{ n: 4, k: 4, type: 'int4' }, /takes m=1 and type=f32 alone/],
    [{ n: 4, k: 4, q: 4 }, /unknown parameter 'q'/],
    [{ n: 2 ** 20, k: 2 ** 11 }, /n=1048576 × k=2048/],
  ])('refuses %j', (params, message) => {
    expect(() => variantOf('naive').plan(params, guaranteedCaps())).toThrow(message);
  });
});
