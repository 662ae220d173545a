// The graphs models/ writes, run by onnxruntime's wasm provider, against the f64 decoder. Here and not beside the graph
// builder because only this layer may run a model.
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { DecoderConfig } from '../../models/decoders.ts';
import { findDecoder } from '../../models/decoders.ts';
import { sourceOfBytes } from '../../models/files/byte-source.ts';
import { buildDecoderGraph, type DecoderGraphOptions } from '../../models/onnx/decoder-graph.ts';
import { ReferenceDecoder } from '../../models/onnx/decoder-reference.ts';
import { readWeights } from '../../models/onnx/read-weights.ts';
import { drawnFills, storedFills } from '../../models/onnx/weight-fills.ts';
import { type WriteLimits, writeModel } from '../../models/onnx/writer.ts';
import { openTiny, tinyWeightsUrl } from '../../models/tiny/open-tiny.ts';
import { largest } from '../bench/generate.ts';
import { decoderIoOf } from './decoder-io.ts';
import { DecoderSession } from './decoder-session.ts';
import { prepareNodeRuntime } from './wasm-in-node.test-support.ts';

// Starting a session takes seconds when other work has the cores.
vi.setConfig({ testTimeout: 120_000 });
await prepareNodeRuntime();

const base: DecoderConfig = { ...findDecoder('test-4x128'), layers: 2, vocab: 160 };
const llama3 = { kind: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalPositions: 64 } as const;
const prompt = [3, 141, 59, 26, 5, 35, 89, 79, 32, 38];
const defaults: DecoderGraphOptions = { type: 'f32', attention: 'plain', weights: drawnFills(7), positions: 32 };

async function open(
  config: DecoderConfig,
  options: DecoderGraphOptions,
  limits?: WriteLimits,
): Promise<DecoderSession> {
  const graph = buildDecoderGraph(config, options);
  const io = decoderIoOf(config, options.type);
  return DecoderSession.open('ort-wasm', {
    name: 'test',
    opsets: graph.opsets,
    io,
    ...(await writeModel(graph, limits)),
  });
}

/** Largest |Δlogit| over a prompt pass and four decode steps along the reference's own greedy tokens. */
async function largestError(config: DecoderConfig, options: DecoderGraphOptions): Promise<number> {
  const weights = await readWeights(buildDecoderGraph(config, options));
  const reference = new ReferenceDecoder(config, weights, options.positions);
  const session = await open(config, options);
  let expected: Float64Array = new Float64Array();
  for (const token of prompt) expected = reference.next(token);
  let actual = await session.feed(prompt);
  let worst = 0;
  for (let step = 0; ; step++) {
    for (const [i, value] of expected.entries()) worst = Math.max(worst, Math.abs(actual[i]! - value));
    if (step === 4) break;
    const token = largest(Float32Array.from(expected));
    expected = reference.next(token);
    actual = await session.feed([token]);
  }
  await session.close();
  return worst;
}

describe('decoder graph on wasm against the f64 decoder', () => {
  const variants: [string, Partial<DecoderConfig>][] = [
    ['as configured', {}],
    ['one key head a query head', { kvHeads: 4 }],
    ['one key head for all', { kvHeads: 1 }],
    ['biases on q, k and v', { qkvBias: true }],
    ['normed q and k', { qkNorm: 'head' }],
    ['Llama 3 frequency scaling', { ropeScaling: llama3 }],
    ['an output matrix of its own', { tiedEmbeddings: false }],
  ];
  it.each(variants)('plain, %s', async (_, change) => {
    expect(await largestError({ ...base, ...change }, defaults)).toBeLessThan(1e-5);
  });
  it.each(variants)('gqa, %s', async (_, change) => {
    expect(await largestError({ ...base, ...change }, { ...defaults, attention: 'gqa' })).toBeLessThan(1e-5);
  });
  it.each(['plain', 'gqa'] as const)('int4, %s', async (attention) => {
    expect(await largestError(base, { ...defaults, type: 'int4', attention })).toBeLessThan(1e-5);
  });
  it.each(['plain', 'gqa'] as const)('f16, %s', async (attention) => {
    expect(await largestError(base, { ...defaults, type: 'f16', attention })).toBeLessThan(2e-2);
  });

  it('the trained model, from its file', async () => {
    const source = await openTiny(sourceOfBytes('model.safetensors', readFileSync(tinyWeightsUrl())));
    const options = { ...defaults, weights: storedFills(source) };
    expect(await largestError(source.config, options)).toBeLessThan(1e-4);
    expect(await largestError(source.config, { ...options, attention: 'gqa' })).toBeLessThan(1e-4);
    expect(await largestError(source.config, { ...options, type: 'int4' })).toBeLessThan(1e-4);
  });

  it('a fault in the reference shows: other frequencies, other logits', async () => {
    const options = { ...defaults };
    const weights = await readWeights(buildDecoderGraph(base, options));
    const wrong = new ReferenceDecoder({ ...base, ropeTheta: 100 }, weights, 32);
    const session = await open(base, options);
    let expected: Float64Array = new Float64Array();
    for (const token of prompt) expected = wrong.next(token);
    const actual = await session.feed(prompt);
    await session.close();
    expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))).toBeGreaterThan(1e-2);
  });
});

describe('decoder graph', () => {
  it('greedy tokens neither repeat nor depend on where the weights lie', async () => {
    const config = findDecoder('test-4x128');
    const options = { ...defaults, positions: 64 };
    const texts: (readonly number[])[] = [];
    for (const limits of [undefined, { inlineBytes: 0, externalFileBytes: 2 ** 20 }]) {
      const session = await open(config, options, limits);
      const { signal } = new AbortController();
      texts.push((await session.generate({ prompt, newTokens: 32, signal })).tokens);
      await session.close();
    }
    expect(texts[1]).toEqual(texts[0]);
    expect(new Set(texts[0]).size).toBeGreaterThan(16);
  });

  it('left padding hidden by the mask changes nothing', async () => {
    const ort = await prepareNodeRuntime();
    const { model } = await writeModel(buildDecoderGraph(base, defaults));
    const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
    const int64 = (values: readonly number[]) =>
      new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const run = async (ids: readonly number[], padding: number): Promise<number[]> => {
      const cache = Array.from({ length: base.layers }, (_, layer) =>
        ['key', 'value'].map((part) => [
          `past_key_values.${layer}.${part}`,
          new ort.Tensor('float32', new Float32Array(0), [1, base.kvHeads, 0, base.headDim]),
        ]),
      ).flat();
      const { logits } = await session.run({
        input_ids: int64([...Array(padding).fill(1), ...ids]),
        attention_mask: int64([...Array(padding).fill(0), ...ids.map(() => 1)]),
        position_ids: int64([...Array(padding).fill(0), ...ids.map((_, i) => i)]),
        ...Object.fromEntries(cache),
      });
      return Array.from(logits!.data as Float32Array).slice(-base.vocab);
    };
    const [bare, padded] = [await run(prompt, 0), await run(prompt, 3)];
    await session.release();
    expect(Math.max(...bare.map((value, i) => Math.abs(value - padded[i]!)))).toBeLessThan(1e-5);
  });
});
