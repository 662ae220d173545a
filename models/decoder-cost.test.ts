import { describe, expect, it } from 'vitest';
import { decodeCost, generationCost, prefillCost, weightBytes } from './decoder-cost.ts';
import { findDecoder, parameterCount } from './decoders.ts';
import { buildDecoderGraph } from './onnx/decoder-graph.ts';
import { tensorBytes } from './onnx/proto.ts';
import { drawnFills } from './onnx/weight-fills.ts';

const small = findDecoder('test-4x128');
// One layer of test-4x128: q and o 128×128, k and v 128×64, gate, up and down 128×384.
const layer = 2 * 128 * 128 + 2 * 128 * 64 + 3 * 128 * 384;
const matrices = 4 * layer + 512 * 128;

describe('decoder cost', () => {
  it('a decode step is two operations a weight and four a cached position and query channel', () => {
    expect(decodeCost(small, 'f32', 10).flops).toBe(2 * matrices + 4 * 4 * 128 * 10);
  });

  it('a decode step reads each matrix once, the cache up to the context, and writes one token', () => {
    expect(decodeCost(small, 'f32', 10).bytes).toBe(4 * matrices + 4 * 2 * 4 * 64 * 11);
    expect(decodeCost(small, 'f16', 10).bytes).toBe(decodeCost(small, 'f32', 10).bytes / 2);
  });

  it('a prompt of one token costs the flops of one decode step with an empty cache', () => {
    expect(prefillCost(small, 'f32', 1).flops).toBe(decodeCost(small, 'f32', 1).flops);
  });

  it('a generation is its prompt and one step fewer than new tokens', () => {
    const steps = [decodeCost(small, 'f32', 6), decodeCost(small, 'f32', 7)];
    const expected = prefillCost(small, 'f32', 5).flops + steps[0]!.flops + steps[1]!.flops;
    expect(generationCost(small, 'f32', 5, 3).flops).toBe(expected);
  });

  it('f32 weights are four bytes a parameter', () => {
    expect(weightBytes(small, 'f32')).toBe(4 * parameterCount(small));
  });

  it.each(['f32', 'f16', 'int4'] as const)('weightBytes is what the %s file holds beside its constants', (type) => {
    for (const name of ['test-4x128', 'qwen2.5-0.5b', 'qwen3-0.6b', 'llama-3.1-8b']) {
      const config = findDecoder(name);
      const graph = buildDecoderGraph(config, { type, attention: 'plain', weights: drawnFills(1), positions: 8 });
      const weights = graph.initializers.filter((tensor) => /(weight|bias)(_Q4|_scales)?$/.test(tensor.name));
      const bytes = weights.reduce((sum, tensor) => sum + tensorBytes(tensor.type, tensor.dims), 0);
      expect(weightBytes(config, type), name).toBe(bytes);
    }
  });
});
