// What our writer writes, our reader reads back, with the config.json beside it.
import { describe, expect, it } from 'vitest';
import { numberFromHalf } from '../../src/core/half.ts';
import { type DecoderConfig, findDecoder } from '../decoders.ts';
import { joinedSource } from '../files/joined.test-support.ts';
import { decoderFromConfig } from '../huggingface/config.ts';
import { configOf } from '../huggingface/config-of.ts';
import { seededWeights } from '../onnx/seeded-weights.ts';
import { float32Of } from '../weight-numbers.ts';
import { openSafetensors } from './reader.ts';
import { safetensorsWeights } from './weights.ts';
import { type SafetensorsExportType, writeSafetensors } from './writer.ts';

const small: DecoderConfig = { ...findDecoder('test-4x128'), layers: 2, hidden: 64, vocab: 96, intermediate: 64 };
const mixture = { count: 4, perToken: 2, intermediate: 64, normalised: false, routerBias: false };

async function roundTrip(config: DecoderConfig, from: 'f32' | 'f16' | 'int4', type: SafetensorsExportType) {
  const source = seededWeights(config, from, 3);
  const file = await openSafetensors(await joinedSource('own.safetensors', writeSafetensors(source, type)));
  const json: unknown = JSON.parse(JSON.stringify(configOf(config, 64)));
  return { source, file, read: safetensorsWeights(decoderFromConfig(json, config.name, config.source), [file]) };
}

describe('safetensors round trip', () => {
  it.each<[string, DecoderConfig]>([
    ['llama', small],
    ['qwen2', { ...small, qkvBias: true }],
    ['qwen3', { ...small, qkNorm: 'head', tiedEmbeddings: false }],
    ['qwen3_moe', { ...small, qkNorm: 'head', experts: { ...mixture, normalised: true, intermediate: 32 } }],
    ['olmoe', { ...small, qkNorm: 'projection', experts: mixture }],
    ['a scaling', { ...small, ropeScaling: { ...findDecoder('gpt-oss-20b').ropeScaling! } }],
    ['another scaling', { ...small, ropeScaling: { ...findDecoder('llama-3.2-1b').ropeScaling! } }],
  ])('%s: the same shape and numbers', async (_, config) => {
    for (const from of ['f32', 'f16'] as const) {
      const { source, read } = await roundTrip(config, from, 'same');
      expect(read.config).toEqual(config);
      for (const name of read.names) expect(await read.tensor(name), name).toEqual(await source.tensor(name));
    }
  });

  it('quantised weights become the f32 numbers they stand for', async () => {
    const { source, read } = await roundTrip(small, 'int4', 'same');
    const name = 'model.layers.1.mlp.up_proj.weight';
    const [{ values }, original] = [await read.tensor(name), await source.tensor(name)];
    expect(original.values.type).toBe('int4');
    expect(values).toEqual({ type: 'f32', data: float32Of(original.values) });
  });

  it('F16 and BF16 round to the nearest', async () => {
    const name = 'model.layers.0.mlp.up_proj.weight';
    const { read: half, source } = await roundTrip(small, 'f32', 'F16');
    const numbers = float32Of((await source.tensor(name)).values);
    const halves = float32Of((await half.tensor(name)).values);
    expect(
      halves.every((value, i) => Math.abs(value - numbers[i]!) <= Math.abs(numbers[i]!) * 2 ** -11 + 2 ** -25),
    ).toBe(true);
    expect(halves[0]).toBe(numberFromHalf(((await half.tensor(name)).values as { data: Uint16Array }).data[0]!));
    const { read: bfloat } = await roundTrip(small, 'f32', 'BF16');
    const bfloats = float32Of((await bfloat.tensor(name)).values);
    expect(bfloats.every((value, i) => Math.abs(value - numbers[i]!) <= Math.abs(numbers[i]!) * 2 ** -8)).toBe(true);
    expect(bfloats).not.toEqual(numbers);
  });
});
