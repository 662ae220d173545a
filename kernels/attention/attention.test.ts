import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { attention } from './attention.ts';
import { splitOf } from './decode-tiled.ts';
import { referenceAttention } from './reference.ts';

const variantOf = (name: string) => attention.variants.find((item) => item.name === name)!;
const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);
const PREFILL = { seq: 5, heads: 6, kvheads: 2, dim: 8 };

describe('cost', () => {
  it('prefill: two products over the lower triangle, each operand once', () => {
    for (const name of ['prefill-naive', 'prefill-tiled']) {
      const plan = variantOf(name).plan(PREFILL, guaranteedCaps());
      expect(plan.flops).toBe(4 * 8 * 6 * 15);
      expect(plan.bytes).toBe(4 * 8 * (2 * 6 * 5 + 2 * 2 * 5));
    }
  });
  it('decode: one query over every key', () => {
    for (const name of ['decode-naive', 'decode-tiled']) {
      const plan = variantOf(name).plan({ ctx: 7, heads: 6, kvheads: 2, dim: 8 }, guaranteedCaps());
      expect(plan.flops).toBe(4 * 8 * 6 * 7);
      expect(plan.bytes).toBe(4 * 8 * (2 * 6 + 2 * 2 * 7));
    }
  });
});

describe('referenceAttention', () => {
  it('by hand: position 0 copies its value; position 1 weighs e^0 : e^(ln 3) = 1 : 3', () => {
    // dim 4, so scores are halved: q₁·k₁ = 2·ln 3.
    const q = Float32Array.of(9, 0, 0, 0, Math.log(3), 0, 0, 0);
    const k = Float32Array.of(0, 5, 0, 0, 2, 0, 0, 0);
    const v = Float32Array.of(4, 8, 0, 0, 0, 4, 0, 1);
    const shape = { queries: 2, keys: 2, heads: 1, kvheads: 1, dim: 4 };
    const out = Array.from(referenceAttention({ q, k, v }, shape, all(8)));
    expect(out.slice(0, 4)).toEqual([4, 8, 0, 0]);
    [1, 5, 0, 0.75].forEach((value, i) => {
      expect(out[4 + i]).toBeCloseTo(value, 6);
    });
  });
  it('decode sees the whole cache, and heads share kv heads in runs', () => {
    // Two keys of equal score: every head averages its kv head's values; heads 0, 1 → kv head 0, heads 2, 3 → 1.
    const shape = { queries: 1, keys: 2, heads: 4, kvheads: 2, dim: 4 };
    const v = Float32Array.of(1, 1, 1, 1, 3, 3, 3, 3, 10, 10, 10, 10, 30, 30, 30, 30);
    const inputs = { q: new Float32Array(16), k: new Float32Array(16), v };
    expect(Array.from(referenceAttention(inputs, shape, Uint32Array.of(0, 4, 8, 15)))).toEqual([2, 2, 20, 20]);
  });
});

describe('geometry', () => {
  it('prefill-tiled: a workgroup per head and 32 queries', () => {
    const { dispatches } = variantOf('prefill-tiled').plan({ ...PREFILL, seq: 33 }, guaranteedCaps());
    expect(dispatches).toHaveLength(1);
    expect(dispatches[0]!.workgroups).toEqual([12, 1, 1]);
  });
  it('naive: a thread per score, row and output element', () => {
    const { dispatches, buffers } = variantOf('prefill-naive').plan({ ...PREFILL, seq: 33 }, guaranteedCaps());
    expect(dispatches.map((step) => step.workgroups[0])).toEqual([
      Math.ceil((6 * 33 * 33) / 64),
      Math.ceil((6 * 33) / 64),
      Math.ceil((6 * 33 * 8) / 64),
    ]);
    expect(buffers.find((buffer) => buffer.name === 'scores')!.bytes).toBe(4 * 6 * 33 * 33);
  });
  it.each([
    [1, 1, 32],
    [4096, 8, 64],
    [4097, 8, 96],
    [100, 1, 32],
  ])('decode-tiled splits %i keys of %i kv heads into whole tiles: %i each', (keys, kvheads, split) => {
    const shape = { queries: 1, keys, heads: kvheads, kvheads, dim: 64 };
    expect(splitOf(shape)).toBe(split);
    const plan = variantOf('decode-tiled').plan({ ctx: keys, heads: kvheads, kvheads, dim: 64 }, guaranteedCaps());
    expect(plan.dispatches[0]!.workgroups[0]).toBe(kvheads * Math.ceil(keys / split));
    expect(plan.dispatches[1]!.workgroups[0]).toBe(Math.ceil((kvheads * 16) / 64));
  });
});

describe('refusals', () => {
  it('fits the guaranteed limits at every width and up to 8 heads a kv head', () => {
    for (let dim = 4; dim <= 128; dim += 4) {
      const shape = { heads: 8, kvheads: 1, dim };
      expect(variantOf('prefill-tiled').illegal({ seq: 64, ...shape }, guaranteedCaps())).toBeNull();
      expect(variantOf('decode-tiled').illegal({ ctx: 64, ...shape }, guaranteedCaps())).toBeNull();
    }
  });
  it('names what does not fit', () => {
    expect(variantOf('decode-tiled').illegal({ ctx: 64, heads: 32, kvheads: 1, dim: 128 }, guaranteedCaps())).toMatch(
      /bytes of workgroup memory; this device allows 16384/,
    );
    expect(variantOf('prefill-naive').illegal({ seq: 2048, heads: 32, kvheads: 8, dim: 64 }, guaranteedCaps())).toMatch(
      /buffer 'scores' is 536870912 bytes/,
    );
  });
  it.each([
    ['prefill-tiled', { ...PREFILL, kvheads: 4 }, /heads=6 must be a multiple of kvheads=4/],
    ['prefill-tiled', { ...PREFILL, dim: 6 }, /dim=6 must be a multiple of 4 from 4 to 128/],
    ['prefill-tiled', { ...PREFILL, dim: 132 }, /dim=132/],
    ['prefill-tiled', { ctx: 5, heads: 1, kvheads: 1, dim: 4 }, /unknown parameter 'ctx'\. Known: seq=/],
    ['decode-tiled', PREFILL, /unknown parameter 'seq'\. Known: ctx=/],
  ])('%s refuses %j', (name, params, message) => {
    expect(() => variantOf(name).plan(params, guaranteedCaps())).toThrow(message);
  });
});
