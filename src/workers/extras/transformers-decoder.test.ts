// The adapter against a stand-in for the library, which records what it is told; the library itself needs a browser.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDecoderCase } from '../../../models/decoder-cases.ts';
import { inspectModel } from '../../../models/onnx/reader.ts';
import { loadDecoderModel } from '../../session/decoder-model.ts';
import { prepareTransformers } from './transformers-decoder.ts';

const STAND_IN = `
export const seen = { inputs: [], disposed: 0, closed: 0 };
export class Tensor { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } }
export class DynamicCache {
  update(entries) { Object.assign(this, entries); }
  async dispose() { seen.disposed++; }
}
export const env = { allowRemoteModels: true, fetch: () => { throw new Error('asked the network'); },
  backends: { onnx: { versions: { web: '1.0' }, wasm: {}, webgpu: {} } } };
export const AutoModelForCausalLM = { from_pretrained: async (id, options) => {
  const get = async (name) => {
    const answer = await env.fetch(env.localModelPath + id + '/' + name);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  };
  const config = JSON.parse(new TextDecoder().decode(await get('config.json')));
  Object.assign(seen, { options, config, graph: await get('onnx/model.onnx'), other: await get('generation_config.json') });
  return {
    forward: async ({ past_key_values, ...inputs }) => {
      seen.inputs.push([...Object.values(inputs).map(({ data }) => [...data].map(Number)), Object.keys(past_key_values)]);
      const { data } = inputs.input_ids;
      const logits = new Float32Array(data.length * config.vocab_size);
      data.forEach((id, row) => { logits[row * config.vocab_size + Number(id) + 1] = 1; });
      return { logits: { type: 'float32', data: logits }, 'present.0.key': {} };
    },
    dispose: async () => { seen.closed++; },
  };
} };
`;

interface Seen {
  readonly inputs: (readonly (readonly (number | string)[])[])[];
  readonly disposed: number;
  readonly closed: number;
  readonly options: object;
  readonly config: object;
  readonly graph: Uint8Array;
  readonly other: unknown;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'dist', 'transformers.min.js'), STAND_IN);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rm(folder, { recursive: true }));

async function opened() {
  const item = parseDecoderCase('model/transformers.js/test-4x128:prompt=4;new=3;type=f32;attention=plain');
  const model = await loadDecoderModel(item, 1, () => Promise.reject(new Error('not asked for')));
  const url = `${pathToFileURL(folder)}/`;
  const prepared = await prepareTransformers(item, model, { version: '9.9', url, wasmUrl: 'http://here/wasm/' });
  const library = await import(/* @vite-ignore */ `${url}dist/transformers.min.js`);
  return { decoder: await prepared.open(() => {}), seen: library.seen as Seen, env: library.env };
}

describe('transformers.js as a decoding runtime', () => {
  it('reads our graph and config from memory, and its wasm files from our origin', async () => {
    const { decoder, seen, env } = await opened();
    expect(env).toMatchObject({ allowRemoteModels: false, useBrowserCache: false, useWasmCache: false });
    const wasm = 'http://here/wasm/ort-wasm-simd-threaded.asyncify';
    expect(env.backends.onnx.wasm.wasmPaths).toEqual({ mjs: `${wasm}.mjs`, wasm: `${wasm}.wasm` });
    expect(seen.options).toMatchObject({ device: 'webgpu', dtype: 'fp32' });
    expect(seen.config).toMatchObject({ model_type: 'llama', num_hidden_layers: 4 });
    expect(inspectModel(seen.graph, 'graph').inputs.map((input) => input.name)).toContain('past_key_values.3.value');
    expect(seen.other).toBeNull();
    expect((await env.fetch('https://elsewhere.example/model.onnx')).status).toBe(404);
    expect(decoder.facts).toMatchObject({ runtime: 'transformers.js 9.9', onnxruntime: '1.0', device: 'webgpu' });
  });

  it('decodes on the cache it was given, from an empty one each time', async () => {
    const { decoder, seen } = await opened();
    seen.inputs.length = 0;
    const request = { prompt: [1, 2, 3, 10], newTokens: 3, signal: new AbortController().signal };
    const { tokens, gapsNs } = await decoder.generate(request);
    expect(tokens).toEqual([11, 12, 13]);
    expect(gapsNs).toHaveLength(2);
    expect(seen.inputs).toEqual([
      [[1, 2, 3, 10], [1, 1, 1, 1], [0, 1, 2, 3], []],
      [[11], [1, 1, 1, 1, 1], [4], ['past_key_values.0.key']],
      [[12], [1, 1, 1, 1, 1, 1], [5], ['past_key_values.0.key']],
    ]);
    await expect(decoder.feed([1, 2])).rejects.toThrow(/8 tokens in a context of 7/);
    await expect(decoder.feed([-1])).rejects.toThrow(RangeError);
    const { disposed, closed } = seen;
    await decoder.close();
    await decoder.close();
    expect([seen.disposed - disposed, seen.closed - closed]).toEqual([1, 1]);
    await expect(decoder.feed([1])).rejects.toThrow(/closed/);
  });
});
