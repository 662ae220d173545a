import { describe, expect, it } from 'vitest';
import { dequantised } from '../src/core/quantised.ts';
import { type DecoderConfig, findDecoder } from './decoders.ts';
import { seededWeights } from './onnx/seeded-weights.ts';
import { retypedWeights } from './retyped-weights.ts';

const config: DecoderConfig = { ...findDecoder('test-4x128'), layers: 1, vocab: 64 };
const source = seededWeights(config, 'f32', 3);
const Q = 'model.layers.0.self_attn.q_proj.weight';
const EMBEDDING = 'model.embed_tokens.weight';

const typesOf = async (names: readonly string[], weights = source): Promise<string[]> =>
  Promise.all(names.map(async (name) => (await weights.tensor(name)).values.type));

describe('retypedWeights', () => {
  it('int4 as exports have it: matrices int4, table and norms f32, a tied head of its own', async () => {
    const weights = retypedWeights(source, 'int4', 'onnx');
    expect(weights.names).toEqual([...source.names, 'lm_head.weight']);
    expect(await typesOf([Q, EMBEDDING, 'model.norm.weight', 'lm_head.weight'], weights)).toEqual([
      'int4',
      'f32',
      'f32',
      'int4',
    ]);
  });

  it('int4 with int8 tables: one table where it is tied', async () => {
    const weights = retypedWeights(source, 'int4', 'int8');
    expect(weights.names).toEqual(source.names);
    expect(await typesOf([Q, EMBEDDING, 'model.norm.weight'], weights)).toEqual(['int4', 'int8', 'f32']);
  });

  it('what is of that type already is handed on as it is', async () => {
    const drawn = seededWeights(config, 'int4', 3);
    const before = await drawn.tensor(Q);
    expect((await retypedWeights(drawn, 'int4', 'onnx').tensor(Q)).values).toEqual(before.values);
  });

  it('quantised numbers are the nearest of their block: at most half a step away', async () => {
    const { values } = await retypedWeights(source, 'int4', 'onnx').tensor(Q);
    const exact = (await source.tensor(Q)).values;
    if (!('quants' in values) || exact.type !== 'f32') throw new Error('types');
    const block = exact.data.subarray(0, 32);
    const step = Math.max(...block.map(Math.abs)) / 7;
    const worst = Math.max(...block.map((value, i) => Math.abs(value - dequantised(values, 0, i))));
    expect(worst).toBeLessThanOrEqual(step * 0.502);
    expect(worst).toBeGreaterThan(step * 0.2);
  });

  it('f16 rounds every tensor', async () => {
    expect(await typesOf([Q, EMBEDDING, 'model.norm.weight'], retypedWeights(source, 'f16', 'onnx'))).toEqual([
      'f16',
      'f16',
      'f16',
    ]);
  });
});
