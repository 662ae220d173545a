import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { attention } from './attention.ts';
import { splitsOf } from './decode-tiled.ts';
import { referenceAttention } from './reference.ts';
import { type AttentionShape, readPrefill, visiblePairs } from './shape.ts';

const variantOf = (name: string) => attention.variants.find((item) => item.name === name)!;
const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);
/** A shape with the defaults of everything that is not given. */
const shapeOf = (params: Record<string, number | string>): AttentionShape => readPrefill(1, {})(params);
const PREFILL = { seq: 5, heads: 6, kvheads: 2, dim: 8 };

describe('cost', () => {
  it('prefill: two products over the lower triangle, each operand once', () => {
    for (const name of ['prefill-naive', 'prefill-unfused', 'prefill-direct', 'prefill-tiled']) {
      const plan = variantOf(name).plan(PREFILL, guaranteedCaps());
      expect(plan.flops).toBe(4 * 8 * 6 * 15);
      expect(plan.bytes).toBe(4 * 8 * (2 * 6 * 5 + 2 * 2 * 5));
    }
  });
  it('decode: one query over every key', () => {
    for (const name of ['decode-naive', 'decode-direct', 'decode-tiled']) {
      const plan = variantOf(name).plan({ ctx: 7, heads: 6, kvheads: 2, dim: 8 }, guaranteedCaps());
      const lengths = name === 'decode-naive' ? 0 : 4;
      expect(plan.flops).toBe(4 * 8 * 6 * 7);
      expect(plan.bytes).toBe(4 * 8 * (2 * 6 + 2 * 2 * 7) + lengths);
    }
  });
  it('counts pairs as the loops do', () => {
    const heads = { heads: 2, kvheads: 1, dim: 4 };
    const forms: readonly Record<string, number | string>[] = [
      { seq: 5 },
      { seq: 5, keys: 9 },
      { seq: 5, keys: 3, offset: 0 },
      { seq: 3, keys: 7, offset: 1 },
      { seq: 4, keys: 6, causal: 'no' },
    ];
    for (const params of forms) {
      const shape = shapeOf({ ...heads, batch: 3, ...params });
      let pairs = 0;
      for (let i = 0; i < shape.queries; i++) pairs += 3 * 2 * Math.min(shape.keys, i + shape.offset + 1);
      expect(visiblePairs(shape), JSON.stringify(params)).toBe(pairs);
    }
  });
});

describe('referenceAttention', () => {
  it('by hand: position 0 copies its value; position 1 weighs e^0 : e^(ln 3) = 1 : 3', () => {
    // dim 4, so scores are halved: q₁·k₁ = 2·ln 3.
    const q = Float32Array.of(9, 0, 0, 0, Math.log(3), 0, 0, 0);
    const k = Float32Array.of(0, 5, 0, 0, 2, 0, 0, 0);
    const v = Float32Array.of(4, 8, 0, 0, 0, 4, 0, 1);
    const shape = shapeOf({ seq: 2, heads: 1, kvheads: 1, dim: 4 });
    const out = Array.from(referenceAttention({ q, k, v }, shape, all(8)));
    expect(out.slice(0, 4)).toEqual([4, 8, 0, 0]);
    [1, 5, 0, 0.75].forEach((value, i) => {
      expect(out[4 + i]).toBeCloseTo(value, 6);
    });
  });
  it('without causality every key is seen, and heads share kv heads in runs', () => {
    // Two keys of equal score: every head averages its kv head's values; heads 0, 1 → kv head 0, heads 2, 3 → 1.
    const shape = shapeOf({ seq: 1, keys: 2, causal: 'no', heads: 4, kvheads: 2, dim: 4 });
    const v = Float32Array.of(1, 1, 1, 1, 3, 3, 3, 3, 10, 10, 10, 10, 30, 30, 30, 30);
    const inputs = { q: new Float32Array(16), k: new Float32Array(16), v };
    expect(Array.from(referenceAttention(inputs, shape, Uint32Array.of(0, 4, 8, 15)))).toEqual([2, 2, 20, 20]);
  });
  it('positions first: batches, then positions, then heads', () => {
    // Scores are equal, so each head averages its own values over two positions; batch 1 holds tens.
    const shape = shapeOf({
      seq: 1,
      keys: 2,
      causal: 'no',
      batch: 2,
      heads: 2,
      kvheads: 2,
      dim: 1,
      layout: 'positions',
    });
    const v = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40);
    const inputs = { q: new Float32Array(4), k: new Float32Array(8), v };
    expect(Array.from(referenceAttention(inputs, shape, all(4)))).toEqual([2, 3, 20, 30]);
  });
  it('a mask is added, per head where it has heads; a row of nothing but −∞ gives 0', () => {
    const shape = shapeOf({ seq: 1, keys: 2, causal: 'no', heads: 2, kvheads: 1, dim: 1, mask: 'heads' });
    const inputs = { q: [0, 0], k: [0, 0], v: [1, 5], mask: [Math.log(3), 0, -Infinity, -Infinity] };
    const out = referenceAttention(inputs, shape, all(2));
    expect(out[0]).toBeCloseTo(2, 12);
    expect(out[1]).toBe(0);
  });
  it('softcap bends scores, scale multiplies them, and v may be wider', () => {
    const shape = shapeOf({
      seq: 1,
      keys: 2,
      causal: 'no',
      heads: 1,
      kvheads: 1,
      dim: 1,
      vdim: 2,
      scale: 3,
      softcap: 2,
    });
    const weight = 1 / (1 + Math.exp(2 * Math.tanh(6 / 2)));
    const out = referenceAttention({ q: [1], k: [0, 2], v: [1, 0, 0, 1] }, shape, all(2));
    expect(out[0]).toBeCloseTo(weight, 12);
    expect(out[1]).toBeCloseTo(1 - weight, 12);
  });
});

describe('geometry', () => {
  it('prefill-tiled: a workgroup per head and 64 queries, 32 where the prompt is short', () => {
    const { dispatches } = variantOf('prefill-tiled').plan({ ...PREFILL, seq: 33 }, guaranteedCaps());
    expect(dispatches).toHaveLength(1);
    const short = variantOf('prefill-tiled').plan({ ...PREFILL, seq: 32 }, guaranteedCaps());
    expect(short.dispatches[0]!.shader.constants.BQ).toBe(32);
    expect(dispatches[0]!.workgroups).toEqual([6, 1, 1]);
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
    [1, 1, 1],
    [4096, 8, 64],
    [4097, 8, 64],
    [4097, 1, 65],
    [100, 1, 2],
  ])('decode-tiled splits %i keys of each of %i kv heads into %i, none without a tile', (keys, kvheads, splits) => {
    const params = { ctx: keys, heads: kvheads, kvheads, dim: 64 };
    const { dispatches } = variantOf('decode-tiled').plan(params, guaranteedCaps());
    expect(dispatches[0]!.shader.constants.SPLITS).toBe(splits);
    expect(dispatches[0]!.workgroups[0]).toBe(kvheads * splits);
    expect(dispatches[1]!.workgroups[0]).toBe(Math.ceil((kvheads * 16) / 64));
    const shape = {
      ...shapeOf({ seq: 1, keys, heads: kvheads, kvheads, dim: 64 }),
      threads: 64,
      team: 8,
      tile: 64,
      groups: 512,
    };
    expect(splitsOf(shape)).toBe(splits);
  });
});

describe('refusals', () => {
  it('fits the guaranteed limits at every width and up to 8 heads a kv head', () => {
    for (let dim = 4; dim <= 256; dim += 4) {
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
    ['prefill-tiled', { ...PREFILL, dim: 6 }, /dim=6 must be a multiple of 4 from 4 to 256/],
    ['prefill-tiled', { ...PREFILL, dim: 260 }, /dim=260/],
    ['prefill-tiled', { ...PREFILL, bq: 24 }, /bq=24 must be a multiple of 4·ty=32/],
    ['prefill-naive', { ...PREFILL, type: 'f16' }, /f16 storage is for the other variants/],
    ['prefill-naive', { ...PREFILL, keys: 3 }, /keys=3 are fewer than seq=5; give offset/],
    ['decode-tiled', { ctx: 5, heads: 1, kvheads: 1, dim: 4, tile: 12 }, /tile=12 must be a multiple of threads\/team/],
    ['prefill-tiled', { ctx: 5, heads: 1, kvheads: 1, dim: 4 }, /unknown parameter 'ctx'\. Known: seq=/],
    ['decode-tiled', PREFILL, /unknown parameter 'seq'\. Known: ctx=/],
  ])('%s refuses %j', (name, params, message) => {
    expect(() => variantOf(name).plan(params, guaranteedCaps())).toThrow(message);
  });
});
