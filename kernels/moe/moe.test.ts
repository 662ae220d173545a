import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { moe } from './moe.ts';
import { drawExperts, gateWeights, rankExperts } from './reference.ts';

const variantOf = (name: string) => moe.variants.find((item) => item.name === name)!;
const SHAPE = { tokens: 3, experts: 5, top: 2, n: 8, k: 64, type: 'int4' };

describe('reference', () => {
  it('ranks by logit, the lowest of equals first, NaN last', () => {
    expect(rankExperts([1, 3, Number.NaN, 3, -Infinity], 5)).toEqual([1, 3, 0, 4, 2]);
  });
  it('weighs by hand', () => {
    const logits = [0, Math.log(2), Math.log(5)];
    const rounded = (gate: 'softmax' | 'top' | 'sigmoid') => gateWeights(logits, [2, 1], gate).map((w) => w.toFixed(9));
    expect(rounded('softmax')).toEqual([5 / 8, 2 / 8].map((w) => w.toFixed(9)));
    expect(rounded('top')).toEqual([5 / 7, 2 / 7].map((w) => w.toFixed(9)));
    const [five, two] = [5 / 6, 2 / 3];
    expect(rounded('sigmoid')).toEqual([five / (five + two), two / (five + two)].map((w) => w.toFixed(9)));
  });
  it('draws different experts for each token', () => {
    const drawn = drawExperts(50, 9, 4);
    expect(drawn).toHaveLength(200);
    for (let token = 0; token < 50; token++) {
      expect(new Set(drawn.slice(4 * token, 4 * token + 4)).size).toBe(4);
    }
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  });
});

describe('cost', () => {
  it('counts the chosen experts’ weights once', () => {
    const distinct = new Set(drawExperts(1, 5, 2)).size;
    const plan = variantOf('gather').plan({ ...SHAPE, tokens: 1 }, guaranteedCaps());
    // Two blocks a row: 32 bytes of quants and 4 of scales.
    expect(plan.bytes).toBe(distinct * 8 * 36 + 4 * 64 + 4 * 2 + 4 * 2 * 8);
    expect(plan.flops).toBe(2 * 2 * 8 * 64);
  });
  it('grouped has room for a tile that each expert leaves unfilled', () => {
    const { dispatches } = variantOf('grouped').plan({ ...SHAPE, tokens: 100 }, guaranteedCaps());
    expect(dispatches[1]!.shader.constants.TILES).toBe(6 + 5);
  });
});

it.each([
  ['gather', { ...SHAPE, top: 6 }, /top=6 must be at most experts=5/],
  ['gather', { ...SHAPE, k: 48 }, /k=48 must be a multiple of 32/],
  ['gather', { ...SHAPE, team: 24 }, /threads=64 must be a multiple of team=24/],
  ['grouped', { ...SHAPE, type: 'int2' }, /type=int2 must be f32 or f16 or int8 or int4/],
  ['route', { tokens: 1, experts: 4, top: 1, gate: 'none' }, /gate=none must be softmax or top or sigmoid/],
])('%s refuses %j', (name, params, message) => {
  expect(() => variantOf(name).plan(params, guaranteedCaps())).toThrow(message);
});
