// The decoder on SwiftShader against the f64 reference.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecoderConfig, findDecoder } from '../../models/decoders.ts';
import { seededWeights } from '../../models/onnx/seeded-weights.ts';
import { float32Of } from '../../models/weight-numbers.ts';
import type { WeightSource } from '../../models/weight-source.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { Decoder, type DecoderSettings } from './decoder.ts';
import { asStored, largestDifference, referenceOf } from './engine.test-support.ts';
import type { DeviceForm } from './form.ts';

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

const base: DecoderConfig = { ...findDecoder('test-4x128'), layers: 2, vocab: 160 };
const mixture = { count: 6, perToken: 2, intermediate: 40 };
const prompt = [3, 141, 59, 26, 5, 35, 89, 79, 32, 38];

/** Largest |Δlogit| behind a prompt and three tokens; the reference has the very numbers the engine stores. */
async function largestError(
  config: DecoderConfig,
  settings: Partial<DecoderSettings> = {},
  source = seededWeights(config, 'f32', 7),
): Promise<number> {
  // Small chunks: the tiled products of long ones are compiled in the tests that ask for them, which takes seconds.
  const full = { weightType: 'f32', maxContext: 32, promptChunk: 4, ...settings } as const;
  const reference = await referenceOf(asStored(source, full.weightType));
  const decoder = await Decoder.open(opened.device, source, full);
  try {
    const expected = [...prompt, 7, 11, 13].map((token) => reference.next(token));
    let worst = largestDifference(await decoder.feed(prompt), expected[prompt.length - 1]!);
    for (const [i, token] of [7, 11, 13].entries()) {
      worst = Math.max(worst, largestDifference(await decoder.feed([token]), expected[prompt.length + i]!));
    }
    return worst;
  } finally {
    decoder.close();
    expect(decoder.bytesHeld).toBe(0);
  }
}

/** The source with the numbers of some tensors times a factor. */
function scaled(source: WeightSource, names: RegExp, factor: number): WeightSource {
  return {
    ...source,
    tensor: async (name) => {
      const tensor = await source.tensor(name);
      if (!names.test(name)) return tensor;
      const data = float32Of(tensor.values).map((value) => factor * value);
      return { ...tensor, values: { type: 'f32', data } };
    },
  };
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
    ['seven query heads a key head, heads of 24', { heads: 7, kvHeads: 1, headDim: 24 }],
    [
      'eight query heads a key head, widths that fill no block',
      { heads: 16, kvHeads: 2, headDim: 8, hidden: 100, intermediate: 90 },
    ],
    ['experts', { experts: { ...mixture, normalised: false, routerBias: false } }],
    [
      'experts with all that gpt-oss has',
      {
        ...{
          heads: 8,
          kvHeads: 1,
          headDim: 16,
          intermediate: 0,
          experts: { ...mixture, normalised: true, routerBias: true },
        },
        ...{ qkvBias: true, outputBias: true, mlpBias: true, attentionSinks: true, activation: 'clamped-swiglu' },
        slidingWindow: { tokens: 5, layers: [true, false] },
      },
    ],
    ['linear scaling', { ropeScaling: { kind: 'linear', factor: 4 } }],
    [
      "Llama 3's scaling",
      { ropeScaling: { kind: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalPositions: 64 } },
    ],
    [
      'YaRN',
      {
        ropeScaling: {
          ...{ kind: 'yarn', factor: 4, betaFast: 32, betaSlow: 1, originalPositions: 64 },
          ...{ attentionFactor: 1.14, truncate: true },
        } as const,
      },
    ],
  ];
  it.each(variants)('%s', async (_, change) => {
    expect(await largestError({ ...base, ...change })).toBeLessThan(1e-5);
  });
  it.each(['f16', 'int8', 'int4'] as const)('%s weights', async (weightType) => {
    expect(await largestError(base, { weightType, promptChunk: 32 })).toBeLessThan(1e-5);
    const odd = { ...base, hidden: 100, intermediate: 90, headDim: 24, tiedEmbeddings: false, vocab: 157 };
    expect(await largestError(odd, { weightType })).toBeLessThan(1e-5);
    const experts = { ...mixture, normalised: true, routerBias: false };
    expect(await largestError({ ...base, experts }, { weightType })).toBeLessThan(1e-5);
  });
  it('clamps of an activation are reached from both sides', async () => {
    const config = { ...base, activation: 'clamped-swiglu' } as const;
    const large = scaled(seededWeights(config, 'f32', 7), /(gate|up)_proj/, 40);
    expect(await largestError(config, {}, large)).toBeLessThan(1e-5);
  });
  it('of experts with equal scores the first are taken', async () => {
    const config = { ...base, experts: { ...mixture, normalised: true, routerBias: false } };
    const undecided = scaled(seededWeights(config, 'f32', 7), /mlp\.gate\.weight/, 0);
    expect(await largestError(config, {}, undecided)).toBeLessThan(1e-5);
  });
  // What GPUs run, on a device that would choose otherwise.
  const gpu = { threads: 64, fours: 1, tiles: 'memory', attendThreads: 32, split: 4, argmaxThreads: 64 } as const;
  const forms: [string, Partial<DeviceForm>][] = [
    ['whole subgroups', gpu],
    ['shuffles within larger subgroups', { ...gpu, fixedSubgroup: 0, lanes: 2 }],
    ['no subgroups', { ...gpu, subgroups: false, lanes: 16 }],
    ['no subgroups on a CPU', { subgroups: false, lanes: 16, tiles: 'caches' }],
  ];
  it.each(forms)('in the form of a GPU: %s', async (_, form) => {
    const slidingWindow = { tokens: 6, layers: [true, false] };
    const experts = { ...mixture, normalised: true, routerBias: true };
    for (const change of [
      { qkNorm: 'head', mlpBias: true, slidingWindow },
      { qkNorm: 'projection', attentionSinks: true, experts },
    ] as const) {
      expect(
        await largestError({ ...base, ...change }, { form, promptChunk: 'experts' in change ? 4 : 32 }),
      ).toBeLessThan(1e-5);
    }
  });
  it('a cache of f16', async () => {
    const error = await largestError(base, { cacheType: 'f16' });
    expect(error).toBeLessThan(3e-3);
    expect(error).toBeGreaterThan(1e-6);
  });
  it('a fault in the reference shows: other frequencies, other logits', async () => {
    const source = seededWeights(base, 'f32', 7);
    const wrong = await referenceOf({ ...source, config: { ...base, ropeTheta: 100 } });
    const decoder = await Decoder.open(opened.device, source, { weightType: 'f32', maxContext: 32 });
    const logits = await decoder.feed(prompt);
    decoder.close();
    expect(largestDifference(logits, prompt.map((token) => wrong.next(token)).at(-1)!)).toBeGreaterThan(1e-2);
  });
});
