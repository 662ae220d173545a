// What a decode step costs before any arithmetic: its dispatches, its bytes, and what a decoder leaves behind.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DecoderConfig, findDecoder } from '../../models/decoders.ts';
import { seededWeights } from '../../models/onnx/seeded-weights.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { Decoder, type DecoderSettings } from './decoder.ts';
import { largestDifference } from './engine.test-support.ts';

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

const base: DecoderConfig = { ...findDecoder('test-4x128'), vocab: 64, intermediate: 64 };

async function open(change: Partial<DecoderConfig>, settings: Partial<DecoderSettings> = {}): Promise<Decoder> {
  const source = seededWeights({ ...base, ...change }, 'f32', 7);
  return Decoder.open(opened.device, source, { weightType: 'f32', maxContext: 32, ...settings });
}

it('a dense layer is five dispatches, and a token three besides; a layer of experts seven', async () => {
  const experts = { count: 4, perToken: 2, intermediate: 32, normalised: true, routerBias: false };
  const counts: number[][] = [];
  for (const change of [{}, { qkvBias: true, qkNorm: 'head' as const }, { experts }]) {
    const ofLayers = [];
    for (const layers of [1, 3]) {
      const decoder = await open({ ...change, layers });
      ofLayers.push(decoder.dispatchesPerToken(32));
      decoder.close();
    }
    counts.push(ofLayers);
  }
  expect(counts).toEqual([
    [5 + 3, 3 * 5 + 3],
    [5 + 3, 3 * 5 + 3],
    [7 + 3, 3 * 7 + 3],
  ]);
});

it('a layer takes one more where keys are split, and tokens stay the same', async () => {
  const prompts = [[1, 2, 3, 4, 5]];
  const [whole, split] = [
    await open({ layers: 2 }),
    await open({ layers: 2 }, { form: { split: 8, attendThreads: 8 } }),
  ];
  expect(whole.dispatchesPerToken(9)).toBe(2 * 5 + 3);
  expect(split.dispatchesPerToken(8)).toBe(2 * 5 + 3);
  expect(split.dispatchesPerToken(9)).toBe(2 * 6 + 3);
  const [expected, found] = [
    await whole.generate({ prompts, maxTokens: 20 }),
    await split.generate({ prompts, maxTokens: 20 }),
  ];
  expect(found.tokens).toEqual(expected.tokens);
  whole.close();
  split.close();
});

it('bytes of a token are its matrices once and the cache up to it', async () => {
  const decoder = await open({ layers: 2 });
  const layer = 128 * (128 + 2 * 64) + 128 * 128 + 3 * 128 * 64;
  expect(decoder.bytesPerToken(10)).toBe(4 * (2 * layer + 64 * 128) + 10 * 2 * 2 * 64 * 4);
  decoder.close();
});

it('operations are timed one by one, and the context stays what it was', async () => {
  const decoder = await open({ layers: 2 });
  await decoder.feed([1, 2, 3]);
  const expected = await decoder.feed([4]);
  decoder.truncate(3);
  const times = await decoder.timeOperations();
  expect(times.map(({ name, dispatches }) => [name, dispatches])).toEqual([
    ...['qkv', 'attend', 'o', 'gate and up', 'down'].map((name) => [name, 2]),
    ...['head', 'argmax', 'embed'].map((name) => [name, 1]),
  ]);
  expect(times.every(({ ns, clock }) => ns > 0 && clock === 'gpu')).toBe(true);
  expect(largestDifference(await decoder.feed([4]), expected)).toBe(0);
  decoder.close();
});

it('a depth can be pretended, and no deeper than the context', async () => {
  const decoder = await open({ layers: 1 });
  decoder.fill(31);
  expect((await decoder.feed([1])).every(Number.isFinite)).toBe(true);
  expect(decoder.length).toBe(32);
  expect(() => decoder.fill(33)).toThrow(/0 \+ 33 tokens are more than this decoder's context of 32/);
  expect(() => decoder.truncate(40)).toThrow(/cannot cut a context of 32 tokens to 40/);
  decoder.close();
});
