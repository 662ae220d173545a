import { expect, it } from 'vitest';
import { findDecoder } from '../decoders.ts';
import { buildDecoderGraph } from './decoder-graph.ts';
import { readWeights } from './read-weights.ts';
import { referenceWeights, seededWeights } from './seeded-weights.ts';
import { drawnFills } from './weight-fills.ts';

it.each(['f32', 'f16', 'int4'] as const)(
  'seeded %s weights are the numbers of the graph of that seed',
  async (type) => {
    const config = { ...findDecoder('test-4x128'), layers: 1, vocab: 96, qkvBias: true, qkNorm: 'head' as const };
    const graph = buildDecoderGraph(config, { type, attention: 'plain', weights: drawnFills(5), positions: 4 });
    const written = [...(await readWeights(graph))].filter(([name]) => /(weight|bias)$/.test(name));
    const drawn = await referenceWeights(seededWeights(config, type, 5));
    expect([...drawn.keys()].sort()).toEqual(written.map(([name]) => name).sort());
    for (const [name, numbers] of written) expect(Array.from(drawn.get(name)!), name).toEqual(Array.from(numbers));
  },
);

it('a mixture has a router and three matrices an expert', () => {
  const olmoe = { ...findDecoder('olmoe-1b-7b'), layers: 2 };
  const { names } = seededWeights(olmoe, 'f32', 1);
  expect(names.filter((name) => name.includes('experts.63.'))).toHaveLength(6);
  expect(names).toContain('model.layers.1.mlp.gate.weight');
});
