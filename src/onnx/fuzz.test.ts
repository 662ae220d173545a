// Damaged ONNX files, seeded: the structural check refuses most, and the runtime sees only what passed it and answers with an
// error or a session. Afterwards it still opens a whole model.
import { expect, it, vi } from 'vitest';
import { findDecoder } from '../../models/decoders.ts';
import { damagedCopies, type Fuzzed, largestAllocation, placesOf } from '../../models/files/fuzz.test-support.ts';
import { buildDecoderGraph } from '../../models/onnx/decoder-graph.ts';
import { drawnFills } from '../../models/onnx/weight-fills.ts';
import { writeModel } from '../../models/onnx/writer.ts';
import { UserError } from '../core/errors.ts';
import { openingOptions } from './decoder-session.ts';
import { checkModelFile, openModel } from './open-model.ts';
import { prepareNodeRuntime } from './wasm-in-node.test-support.ts';

vi.setConfig({ testTimeout: 240_000 });
const ort = await prepareNodeRuntime();

const config = { ...findDecoder('test-4x128'), layers: 1, hidden: 32, headDim: 8, vocab: 32, intermediate: 32 };
const graph = buildDecoderGraph(config, { type: 'f32', attention: 'plain', weights: drawnFills(1), positions: 8 });
const { model } = await writeModel(graph);

async function open(bytes: Uint8Array): Promise<void> {
  const named = { name: 'fuzzed', model: bytes, opsets: graph.opsets, external: [] };
  await (await openModel(ort, named, openingOptions('ort-wasm', {}))).release();
}

it('600 damaged files: an error each, or a session where the damage meant nothing to the runtime either', async () => {
  const names = graph.nodes.map(({ name }) => name).flatMap((name) => placesOf(model, name));
  const grow: Fuzzed['grow'] = (bytes, pick) => {
    // The varint before a name: 2^32 − 1, over the first letters of the name.
    bytes.set([0xff, 0xff, 0xff, 0xff, 0x0f], names[pick(names.length)]! - 1);
  };
  const counts = { refused: 0, 'refused by the runtime': 0, opened: 0 };
  // The header is what stands before the first weights; cuts within it leave no graph.
  const header = placesOf(model, 'model.embed_tokens.weight').at(-1)!;
  for (const { kind, bytes } of damagedCopies({ file: model, header, grow }, 600, 13)) {
    let passed = false;
    const started = performance.now();
    const largest = await largestAllocation(async () => {
      try {
        checkModelFile(bytes, 'fuzzed');
        passed = true;
      } catch (error) {
        if (!(error instanceof UserError) || !error.message.startsWith('fuzzed: ')) throw error;
        counts.refused++;
      }
    });
    expect(largest, kind).toBeLessThanOrEqual(bytes.length);
    expect(performance.now() - started, kind).toBeLessThan(2000);
    if (passed) {
      const outcome = await open(bytes).then(
        () => 'opened' as const,
        (error: unknown) => {
          expect(String(error)).toMatch(/^(User)?Error: fuzzed: /);
          return 'refused by the runtime' as const;
        },
      );
      counts[outcome]++;
      // Only a flipped bit can mean nothing: in a letter of a name or in what this runtime does not look at.
      if (outcome === 'opened') expect(kind).toBe('flip');
    } else {
      // What the check refuses never reaches the runtime.
      await expect(open(bytes)).rejects.toThrow(UserError);
    }
  }
  expect(counts.refused + counts['refused by the runtime'] + counts.opened).toBe(600);
  // Seen: 428, 160 and 12.
  expect(counts.refused).toBeGreaterThan(400);
  expect(counts.opened).toBeLessThan(30);
  await open(model);
});
