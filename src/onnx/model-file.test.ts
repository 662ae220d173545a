// Files from outside on onnxruntime's wasm provider, which also runs in Node.
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { findDecoder } from '../../models/decoders.ts';
import { buildDecoderGraph } from '../../models/onnx/decoder-graph.ts';
import { GraphBuilder } from '../../models/onnx/graph-builder.ts';
import { drawnFills } from '../../models/onnx/weight-fills.ts';
import { writeModel } from '../../models/onnx/writer.ts';
import { UserError } from '../core/errors.ts';
import { runModelFile } from './model-file.ts';
import type { ModelFileRequest } from './requests.ts';
import { prepareNodeRuntime } from './wasm-in-node.test-support.ts';

// Starting a session takes seconds when other work has the cores.
vi.setConfig({ testTimeout: 120_000 });
await prepareNodeRuntime();

const hooks = { signal: new AbortController().signal, phase: () => {} };
const stored = (path: string): ArrayBuffer =>
  Uint8Array.from(readFileSync(new URL(`../../models/onnx/conformance/${path}`, import.meta.url))).buffer;

function run(
  name: string,
  bytes: ArrayBuffer,
  dims: ModelFileRequest['dims'] = {},
  repeats = 3,
  external: ModelFileRequest['external'] = [],
) {
  return runModelFile({ name, bytes, external, runtime: 'ort-wasm', dims, repeats, seed: 1, adapter: null }, hooks);
}

async function symbolicModel(): Promise<ArrayBuffer> {
  const graph = new GraphBuilder('doubler', 17);
  graph.input('x', 'float32', ['rows', 4]);
  graph.rename(graph.node('twice', 'Add', ['x', 'x']), 'y');
  graph.output('y', 'float32', ['rows', 4]);
  return Uint8Array.from((await writeModel(graph.finish())).model).buffer;
}

describe('a model file', () => {
  it('that is no decoder is measured by the latency of one run', async () => {
    const outcome = await run('light_squeezenet.onnx', stored('light/light_squeezenet.onnx'));
    expect(outcome.state).toBe('ok');
    const latency = outcome.metrics.find((metric) => metric.name === 'latency')!;
    expect(latency.samples).toHaveLength(3);
    expect(latency.definition).toBe('latency/inputs-to-outputs-readable');
    expect(outcome.facts).toMatchObject({
      inputs: 'data_0 float32[1,3,224,224]',
      opsets: 'ai.onnx 9',
      modelBytes: 15_618,
    });
    expect(outcome.verification!.state).toBe('none');
    expect(outcome.warnings.map((warning) => warning.name)).toEqual(['unverified-model']);
  });

  it("with Hugging Face's decoder names runs as a decoder", async () => {
    const options = { type: 'f32', attention: 'plain', weights: drawnFills(3), positions: 64 } as const;
    const { model } = await writeModel(buildDecoderGraph(findDecoder('test-4x128'), options));
    const outcome = await run('own.onnx', Uint8Array.from(model).buffer, { sequence_length: 12 }, 1);
    expect(outcome.state).toBe('ok');
    expect(outcome.metrics.map((metric) => metric.name)).toContain('tpot');
    expect(outcome.facts).toMatchObject({ promptTokens: 12, newTokens: 32, model: 'own.onnx' });
  });

  it('takes symbolic dimensions by name and asks for a missing one', async () => {
    const outcome = await run('doubler.onnx', await symbolicModel(), { rows: 6 });
    expect(outcome.facts.inputs).toBe('x float32[6,4]');
    await expect(run('doubler.onnx', await symbolicModel())).rejects.toThrow(
      "doubler.onnx: dimension 0 of input 'x' is symbolic, 'rows'; give it with --dim rows=VALUE",
    );
  });

  it.each([
    ['empty.onnx', new ArrayBuffer(0), /empty\.onnx: the file is empty/],
    ['cut.onnx', stored('light/light_squeezenet.onnx').slice(0, 9000), /cut\.onnx: cut short/],
    ['text.onnx', new TextEncoder().encode('not a model').buffer as ArrayBuffer, /text\.onnx: not an ONNX model/],
    ['new.onnx', stored('node/test_swiglu/model.onnx'), /new\.onnx: uses operator set 28 of ai\.onnx; .* up to 26/],
  ])('%s is refused by name', async (name, bytes, message) => {
    const error = await run(name, bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
  });

  describe('whose weights lie in another file', async () => {
    const options = { type: 'f32', attention: 'plain', weights: drawnFills(3), positions: 128 } as const;
    const graph = buildDecoderGraph(findDecoder('test-4x128'), options);
    const { model, external } = await writeModel(graph, { inlineBytes: 0, externalFileBytes: 2 ** 30 });
    const bytes = Uint8Array.from(model).buffer;

    it('is refused without that file, before the runtime looks for it', async () => {
      await expect(run('split.onnx', bytes)).rejects.toThrow(
        /split\.onnx: its weights lie in a separate file, 'test-4x128-f32-plain\.0\.onnx_data', which is not here/,
      );
    });
    it('runs with it', async () => {
      expect(await run('split.onnx', bytes, {}, 1, external)).toMatchObject({ state: 'ok' });
    });
  });
});
