// A graph written from a weight source holds the source's own numbers.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { halfFromNumber, numberFromHalf } from '../../src/core/half.ts';
import { dequantised, quantise } from '../../src/core/quantised.ts';
import { findDecoder } from '../decoders.ts';
import { sourceOfBytes } from '../files/byte-source.ts';
import { openTiny, tinyWeightsUrl } from '../tiny/open-tiny.ts';
import { float32Of } from '../weight-numbers.ts';
import type { WeightSource } from '../weight-source.ts';
import { buildDecoderGraph } from './decoder-graph.ts';
import { nibblesOf, scalesOf } from './int4-layout.ts';
import { readWeights } from './read-weights.ts';
import { referenceWeights, seededWeights } from './seeded-weights.ts';
import { drawnFills, storedFills, type WeightFills } from './weight-fills.ts';

const config = { ...findDecoder('test-4x128'), layers: 1, vocab: 96, qkvBias: true, qkNorm: 'head' as const };

function written(weights: WeightFills, type: 'f32' | 'f16' | 'int4'): Promise<Map<string, ArrayLike<number>>> {
  return readWeights(buildDecoderGraph(config, { type, attention: 'plain', weights, positions: 4 }));
}

describe('storedFills', () => {
  it.each(['f32', 'f16', 'int4'] as const)(
    'seeded %s weights through a source are those drawn directly',
    async (type) => {
      const [stored, drawn] = [
        await written(storedFills(seededWeights(config, type, 5)), type),
        await written(drawnFills(5), type),
      ];
      expect([...stored.keys()]).toEqual([...drawn.keys()]);
      for (const [name, numbers] of drawn) expect(Array.from(stored.get(name)!), name).toEqual(Array.from(numbers));
    },
  );

  it('rounds to f16, and quantises to int4 as our own kernels read it', async () => {
    const source = seededWeights(config, 'f32', 5);
    const exact = await referenceWeights(source);
    const name = 'model.layers.0.self_attn.k_proj.weight';
    const half = (await written(storedFills(source), 'f16')).get(name)!;
    expect(Array.from(half)).toEqual(Array.from(exact.get(name)!, (value) => numberFromHalf(halfFromNumber(value))));
    const int4 = (await written(storedFills(source), 'int4')).get(name)!;
    const { shape, values } = await source.tensor(name);
    const [rows, k] = shape as [number, number];
    const quants = quantise('int4', rows, k, float32Of(values));
    const expected = Float32Array.from(int4, (_, i) => dequantised(quants, i % rows, Math.floor(i / rows)));
    expect(Array.from(int4)).toEqual(Array.from(expected));
  });

  it('a tied head is quantised from the embedding', async () => {
    const tiny = await openTiny(sourceOfBytes('m', readFileSync(tinyWeightsUrl())));
    const one: WeightSource = { ...tiny, config: { ...tiny.config, layers: 1 } };
    const options = { type: 'int4', attention: 'plain', positions: 4 } as const;
    const numbers = await readWeights(buildDecoderGraph(one.config, { ...options, weights: storedFills(one) }));
    const [table, head] = [numbers.get('model.embed_tokens.weight')!, numbers.get('lm_head.weight')!];
    const apart = Array.from(table, (value, i) => Math.abs(value - head[i]!));
    expect(Math.max(...apart)).toBeGreaterThan(0);
    // Half a step of the coarsest block: the largest weight over 7, halved.
    expect(Math.max(...apart)).toBeLessThanOrEqual((Math.max(...Array.from(table, Math.abs)) / 7 / 2) * 1.001);
  });
});

it('int4 layouts hold the same numbers, the lowest quant of Q4_0 too', () => {
  const weights = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
  const made = quantise('int4', 1, 64, weights);
  made.quants[0] = 0x12345670;
  const [bytes, scales] = [new Uint8Array(32), new Float32Array(2)];
  nibblesOf(made, bytes);
  scalesOf(made, scales);
  const unpacked = Array.from(
    { length: 64 },
    (_, i) => (((bytes[i >> 1]! >> (4 * (i & 1))) & 15) - 8) * scales[i >> 5]!,
  );
  expect(unpacked).toEqual(Array.from({ length: 64 }, (_, i) => dequantised(made, 0, i)));
  expect(unpacked[0]).toBe(-8 * scales[0]!);
});
