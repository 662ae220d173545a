// The decoder on SwiftShader against the f64 reference.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecoderConfig, findDecoder } from '../../models/decoders.ts';
import { ReferenceDecoder } from '../../models/onnx/decoder-reference.ts';
import { referenceWeights, seededWeights } from '../../models/onnx/seeded-weights.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { Decoder, type DecoderSettings } from './decoder.ts';

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

const base: DecoderConfig = { ...findDecoder('test-4x128'), layers: 2, vocab: 160 };
const prompt = [3, 141, 59, 26, 5, 35, 89, 79, 32, 38];

async function largestError(config: DecoderConfig, settings: Partial<DecoderSettings> = {}): Promise<number> {
  const source = seededWeights(config, 'f32', 7);
  const reference = new ReferenceDecoder(config, await referenceWeights(source), 32);
  const decoder = await Decoder.open(opened.device, source, { weightType: 'f32', maxContext: 32, ...settings });
  try {
    let worst = 0;
    const compare = (actual: Float32Array, expected: Float64Array): void => {
      for (const [i, value] of expected.entries()) worst = Math.max(worst, Math.abs(actual[i]! - value));
    };
    let expected: Float64Array = new Float64Array();
    for (const token of prompt) expected = reference.next(token);
    compare(await decoder.feed(prompt), expected);
    for (const token of [7, 11, 13]) compare(await decoder.feed([token]), reference.next(token));
    return worst;
  } finally {
    decoder.close();
    expect(decoder.bytesHeld).toBe(0);
  }
}

describe('logits against the f64 decoder', () => {
  const variants: [string, Partial<DecoderConfig>][] = [
    ['as configured', {}],
    ['one key head a query head', { kvHeads: 4 }],
    ['one key head for all', { kvHeads: 1 }],
    ['biases on q, k and v', { qkvBias: true }],
    ['biases on o, gate, up and down', { outputBias: true, mlpBias: true }],
    ['normed heads of q and k', { qkNorm: 'head' }],
    ['normed q and k', { qkNorm: 'projection' }],
    ['an output matrix of its own', { tiedEmbeddings: false }],
    ['a sliding window in one layer', { slidingWindow: { tokens: 4, layers: [true, false] } }],
    ['attention sinks', { attentionSinks: true }],
    ['clamped activation', { activation: 'clamped-swiglu' }],
  ];
  it.each(variants)('%s', async (_, change) => {
    expect(await largestError({ ...base, ...change })).toBeLessThan(1e-5);
  });
});
