import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { findDecoder } from '../decoders.ts';
import { buildDecoderGraph } from './decoder-graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { inspectModel } from './reader.ts';
import { drawnFills } from './weight-fills.ts';
import { writeModel } from './writer.ts';

async function smallModel(): Promise<Uint8Array> {
  const graph = new GraphBuilder('small', 17);
  graph.input('x', 'float32', ['rows', 3]);
  const table = graph.constant('table', 'float32', [3, 2], [1, 2, 3, 4, 5, 6]);
  const product = graph.node('/product', 'MatMul', ['x', table]);
  graph.rename(graph.node('/gelu', 'FastGelu', [product], {}, 'com.microsoft'), 'y');
  graph.output('y', 'float32', ['rows', 2]);
  return (await writeModel(graph.finish())).model;
}

describe('inspectModel', () => {
  it('reads back what the writer wrote', async () => {
    expect(inspectModel(await smallModel(), 'small.onnx')).toEqual({
      irVersion: 10,
      opsets: { '': 17, 'com.microsoft': 1 },
      inputs: [{ name: 'x', type: 'float32', dims: ['rows', 3] }],
      outputs: [{ name: 'y', type: 'float32', dims: ['rows', 2] }],
      weights: [{ name: 'table', type: 'float32', dims: [3, 2], externalFile: null, externalRange: null }],
      operators: { MatMul: 1, 'com.microsoft:FastGelu': 1 },
      nodes: 2,
    });
  });

  it('names the file a weight lies in when it is outside', async () => {
    const graph = buildDecoderGraph(findDecoder('test-4x128'), {
      type: 'f32',
      attention: 'plain',
      weights: drawnFills(1),
      positions: 8,
    });
    const { model, external } = await writeModel(graph, { inlineBytes: 0, externalFileBytes: 2 ** 20 });
    const info = inspectModel(model, 'decoder.onnx');
    const outside = info.weights.filter((weight) => weight.externalFile !== null);
    expect(external.length).toBeGreaterThan(1);
    expect(new Set(outside.map((weight) => weight.externalFile))).toEqual(new Set(external.map((file) => file.path)));
    expect(info.inputs.map((input) => input.name).slice(0, 4)).toEqual([
      'input_ids',
      'attention_mask',
      'position_ids',
      'past_key_values.0.key',
    ]);
    expect(info.outputs.map((output) => output.name)).toContain('present.3.value');
  });

  it('a model cut at any byte is refused or lacks its end, never read past it', async () => {
    const whole = await smallModel();
    for (let length = 0; length < whole.length; length++) {
      let refused: unknown = null;
      try {
        inspectModel(whole.subarray(0, length), 'cut.onnx');
      } catch (error) {
        refused = error;
      }
      // Cuts between two operator-set entries leave a file that is whole as far as protobuf can tell.
      if (refused === null) expect(length).toBeGreaterThan(whole.length - 40);
      else expect(String(refused)).toMatch(/^UserError: cut\.onnx: /);
    }
  });

  it('random bytes are a UserError that names the file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        try {
          inspectModel(bytes, 'noise.onnx');
          return false;
        } catch (error) {
          return error instanceof UserError && error.message.startsWith('noise.onnx: ');
        }
      }),
    );
  });

  it('a length larger than the file is not believed', () => {
    // Field 7 (graph), claimed 4 GiB − 1 bytes long.
    const bytes = Uint8Array.from([0x08, 0x0a, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3]);
    expect(() => inspectModel(bytes, 'lie.onnx')).toThrow(/lie\.onnx: cut short.*needs 4294967295 bytes, 3 are left/);
  });

  it.each([
    ['', /x\.onnx: the file is empty/],
    ['GGUF\x03\0\0\0', /a GGUF file/],
    ['version https://git-lfs.github.com/spec/v1\noid', /Git LFS pointer/],
    ['PK\x03\x04rest', /zip archive/],
    ['{"a":1}', /JSON text/],
    ['hello, world', /not an ONNX model/],
  ])('%j is named for what it is', (text, message) => {
    expect(() => inspectModel(new TextEncoder().encode(text), 'x.onnx')).toThrow(message);
  });
});
