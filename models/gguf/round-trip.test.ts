// What our writer writes, our reader reads back: the same shape and the same numbers, for every architecture.
import { gguf } from '@huggingface/gguf';
import { describe, expect, it } from 'vitest';
import { quantise } from '../../src/core/quantised.ts';
import { type DecoderConfig, findDecoder, LLAMA } from '../decoders.ts';
import { joinedSource } from '../files/joined.test-support.ts';
import { seededWeights } from '../onnx/seeded-weights.ts';
import { float32Of } from '../weight-numbers.ts';
import { openGguf } from './header.ts';
import { ggufWeights } from './weights.ts';
import type { GgufExportType } from './writer.ts';
import { writeGguf } from './writer.ts';

const small: DecoderConfig = { ...findDecoder('test-4x128'), layers: 2, hidden: 64, vocab: 96, intermediate: 64 };
const mixture = { count: 4, perToken: 2, intermediate: 32, normalised: true, routerBias: false };
const llama3 = { kind: 'llama3', factor: 32, lowFreqFactor: 1, highFreqFactor: 4, originalPositions: 8192 } as const;
const yarn = {
  kind: 'yarn',
  factor: 32,
  betaFast: 32,
  betaSlow: 1,
  originalPositions: 4096,
  attentionFactor: 0.1 * Math.log(32) + 1,
  truncate: false,
} as const;

const ARCHITECTURES: Readonly<Record<string, DecoderConfig>> = {
  llama: small,
  'llama, an output matrix of its own': { ...small, tiedEmbeddings: false },
  'llama, Llama 3 scaling': { ...small, ropeTheta: 5e5, ropeScaling: llama3 },
  'llama, linear scaling': { ...small, ropeScaling: { kind: 'linear', factor: 2 } },
  qwen2: { ...small, qkvBias: true, ropeTheta: 1e6, rmsEpsilon: 1e-6 },
  qwen3: { ...small, qkNorm: 'head', headDim: 48 },
  qwen3moe: { ...small, qkNorm: 'head', experts: mixture },
  olmoe: { ...small, qkNorm: 'projection', experts: { ...mixture, normalised: false }, intermediate: 32 },
  'gpt-oss': {
    ...small,
    ...LLAMA,
    ...{ qkvBias: true, outputBias: true, mlpBias: true, attentionSinks: true, activation: 'clamped-swiglu' },
    slidingWindow: { tokens: 128, layers: [true, false] },
    ropeScaling: yarn,
    experts: { ...mixture, routerBias: true },
    tiedEmbeddings: false,
  },
};

async function roundTrip(config: DecoderConfig, from: 'f32' | 'f16' | 'int4', type: GgufExportType) {
  const source = seededWeights(config, from, 3);
  const file = await openGguf(
    await joinedSource('own.gguf', writeGguf(source, { type, contextLength: 64, tokenizer: [] })),
  );
  return { source, file, read: await ggufWeights(file) };
}

describe('GGUF round trip', () => {
  it.each(Object.keys(ARCHITECTURES))('%s: the same shape and numbers', async (name) => {
    const config = ARCHITECTURES[name]!;
    for (const from of ['f32', 'f16', 'int4'] as const) {
      const { source, read, file } = await roundTrip(config, from, 'same');
      expect(read.config).toEqual({ ...config, name: 'own.gguf', source: 'own.gguf: metadata' });
      expect(file.metadata.get('general.architecture')).toBe(name.split(',')[0]);
      for (const tensor of read.names) expect(await read.tensor(tensor), tensor).toEqual(await source.tensor(tensor));
    }
  });

  it.each([
    ['F32', 'f32', null],
    ['F16', 'f16', null],
    ['Q8_0', 'int8', 'int8'],
    ['Q4_0', 'int4', 'int4'],
  ] as const)('%s: matrices in that type, as our own quantiser gives them', async (type, stored, quants) => {
    const { source, read } = await roundTrip(small, 'f32', type);
    for (const name of read.names) {
      const [{ shape, values }, original] = [await read.tensor(name), await source.tensor(name)];
      expect(values.type, name).toBe(shape.length === 1 ? 'f32' : stored);
      if (quants && shape.length === 2) {
        expect(values).toEqual(quantise(quants, shape[0]!, shape[1]!, float32Of(original.values)));
      }
    }
  });

  it.each(['Q6_K', 'Q4_K'] as const)(
    '%s: rows of whole blocks near the numbers they were, others in Q8_0',
    async (type) => {
      const { source, file, read } = await roundTrip({ ...small, hidden: 256, intermediate: 96 }, 'f32', type);
      const types = Object.fromEntries(file.tensors.map(({ name, type: stored }) => [name, stored]));
      expect(types).toMatchObject({ 'token_embd.weight': type, 'blk.0.ffn_gate.weight': type });
      expect(types).toMatchObject({ 'blk.0.ffn_down.weight': 'Q8_0', 'blk.0.attn_norm.weight': 'F32' });
      const name = 'model.layers.1.self_attn.q_proj.weight';
      const [stored, numbers] = [
        float32Of((await read.tensor(name)).values),
        float32Of((await source.tensor(name)).values),
      ];
      const squares = (of: Float32Array): number => of.reduce((sum, x) => sum + x * x, 0);
      const error = Math.sqrt(squares(stored.map((x, i) => x - numbers[i]!)) / squares(numbers));
      expect(error).toBeLessThan(type === 'Q6_K' ? 0.02 : 0.08);
    },
  );

  it("llama's rows of q and k lie in pairs in the file, as llama.cpp rotates them", async () => {
    const { source, file } = await roundTrip(small, 'f32', 'same');
    const tensor = file.tensors.find(({ name }) => name === 'blk.0.attn_k.weight')!;
    const stored = new Float32Array((await file.source.read(tensor.offset, tensor.length)).buffer);
    const { values } = await source.tensor('model.layers.0.self_attn.k_proj.weight');
    const numbers = float32Of(values);
    const row = (from: Float32Array, index: number) => from.slice(index * 64, (index + 1) * 64);
    // Heads of 32: file rows 0, 1, 2 of the second head are rows 0, 16, 1 of it.
    for (const [inFile, ours] of [
      [32, 32],
      [33, 48],
      [34, 33],
    ] as const) {
      expect(row(stored, inFile)).toEqual(row(numbers, ours));
    }
  });

  it("is what Hugging Face's own GGUF reader finds", async () => {
    const { file } = await roundTrip(ARCHITECTURES['llama, Llama 3 scaling']!, 'int4', 'same');
    const bytes = await file.source.read(0, file.source.size);
    const found = await gguf('http://localhost/own.gguf', { fetch: rangeFetch(bytes) });
    expect(found.tensorInfos.map(({ name, dtype }) => [name, dtype])).toEqual(
      file.tensors.map(({ name, type }) => [name, { F32: 0, Q4_0: 2 }[type as 'F32' | 'Q4_0']]),
    );
    expect(Number(found.tensorDataOffset)).toBe(Math.min(...file.tensors.map(({ offset }) => offset)));
    expect(found.metadata).toMatchObject({ 'general.architecture': 'llama', 'llama.attention.head_count_kv': 2 });
  });
});

/** What a server with ranges would answer. */
function rangeFetch(bytes: Uint8Array<ArrayBuffer>): typeof fetch {
  return async (_, init) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('Range') ?? '')!;
    return new Response(bytes.slice(Number(from), Number(to) + 1), { status: 206 });
  };
}
