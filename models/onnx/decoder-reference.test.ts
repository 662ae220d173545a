// Parts of the reference that published models have and no written graph does, each against a case known beforehand.
import { expect, it } from 'vitest';
import { type DecoderConfig, findDecoder } from '../decoders.ts';
import { ReferenceDecoder, type ReferenceWeights } from './decoder-reference.ts';
import { referenceWeights, seededWeights } from './seeded-weights.ts';

const base: DecoderConfig = { ...findDecoder('test-4x128'), layers: 2, vocab: 64, intermediate: 96, mlpBias: true };
const tokens = [3, 14, 15, 9, 26, 5];
const drawn = (config: DecoderConfig): Promise<ReferenceWeights> => referenceWeights(seededWeights(config, 'f32', 3));

function logits(config: DecoderConfig, weights: ReferenceWeights): Float64Array {
  const decoder = new ReferenceDecoder(config, weights, tokens.length);
  return tokens.map((token) => decoder.next(token)).at(-1)!;
}

function difference(a: Float64Array, b: Float64Array): number {
  return Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));
}

it('equal experts with normalised shares are one MLP; other experts are not', async () => {
  const experts = { count: 4, perToken: 2, intermediate: 96, normalised: true, routerBias: true };
  const config = { ...base, experts };
  const mixture = await drawn(config);
  const equal = new Map(mixture);
  for (const name of mixture.keys()) equal.set(name, mixture.get(name.replace(/experts\.\d/, 'experts.0'))!);
  const dense = new Map(Array.from(equal, ([name, numbers]) => [name.replace('.experts.0', ''), numbers]));
  const expected = logits(base, dense);
  expect(difference(logits(config, equal), expected)).toBeLessThan(1e-12);
  expect(difference(logits(config, mixture), expected)).toBeGreaterThan(1e-3);
  const raw = logits({ ...config, experts: { ...experts, normalised: false } }, equal);
  expect(difference(raw, expected)).toBeGreaterThan(1e-3);
});

it('a window as long as the text hides nothing, a shorter one does, and only in its layers', async () => {
  const weights = await drawn(base);
  const windowed = (count: number, layers: boolean[]): Float64Array =>
    logits({ ...base, slidingWindow: { tokens: count, layers } }, weights);
  const expected = logits(base, weights);
  expect(difference(windowed(6, [true, true]), expected)).toBe(0);
  expect(difference(windowed(5, [true, true]), expected)).toBeGreaterThan(1e-4);
  expect(difference(windowed(1, [false, false]), expected)).toBe(0);
  expect(difference(windowed(5, [true, false]), windowed(5, [true, true]))).toBeGreaterThan(1e-5);
});

it('a sink far below every score takes nothing, one far above takes all', async () => {
  const config = { ...base, attentionSinks: true };
  const weights = await drawn(config);
  const sinks = (score: number): Float64Array => {
    const changed = new Map(weights);
    for (const layer of [0, 1]) changed.set(`model.layers.${layer}.self_attn.sinks`, Array(4).fill(score));
    return logits(config, changed);
  };
  const silent = new Map(weights);
  for (const layer of [0, 1]) {
    const name = `model.layers.${layer}.self_attn.o_proj.weight`;
    silent.set(name, new Float64Array(weights.get(name)!.length));
  }
  expect(difference(sinks(-1e4), logits(base, weights))).toBeLessThan(1e-12);
  expect(difference(sinks(1e4), logits(base, silent))).toBeLessThan(1e-12);
});

it('a norm over the whole projection with one head is a norm over the head', async () => {
  const config: DecoderConfig = { ...base, heads: 1, kvHeads: 1, headDim: 64, qkNorm: 'head' };
  const weights = await drawn(config);
  expect(difference(logits({ ...config, qkNorm: 'projection' }, weights), logits(config, weights))).toBe(0);
});

it('the clamped activation of a gate of 8 and an up of −9 is 7·sigmoid(11.914)·(−6)', async () => {
  const config: DecoderConfig = { ...base, layers: 1, vocab: 2, activation: 'clamped-swiglu' };
  const weights = new Map(await drawn(config));
  const zero = (name: string): number[] => Array(weights.get(name)!.length).fill(0);
  const mlp = 'model.layers.0.mlp';
  for (const name of ['o', 'q'].map((part) => `model.layers.0.self_attn.${part}_proj.weight`))
    weights.set(name, zero(name));
  for (const part of ['gate', 'up', 'down'])
    weights.set(`${mlp}.${part}_proj.weight`, zero(`${mlp}.${part}_proj.weight`));
  weights.set(`${mlp}.gate_proj.bias`, Array(96).fill(8));
  weights.set(`${mlp}.up_proj.bias`, Array(96).fill(-9));
  weights.set(`${mlp}.down_proj.weight`, Array(96 * 128).fill(1));
  weights.set(`${mlp}.down_proj.bias`, Array(128).fill(0));
  // Token 0 embeds as zeros, so the stream is 96 such products everywhere; its sign survives the norm.
  weights.set(
    'model.embed_tokens.weight',
    Float64Array.from({ length: 256 }, (_, i) => i % 2),
  );
  weights.set('model.norm.weight', Array(128).fill(1));
  const product = (7 / (1 + Math.exp(-1.702 * 7))) * -6;
  const decoder = new ReferenceDecoder({ ...config, rmsEpsilon: 1e6 }, weights, 1);
  const stream = 96 * product;
  const [, logit] = decoder.next(0);
  expect(logit).toBeCloseTo((128 * stream) / Math.sqrt(stream ** 2 + 1e6), 9);
});
