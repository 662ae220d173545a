import { describe, expect, it } from 'vitest';
import type { ModelInfo, TensorInfo } from '../../models/onnx/reader.ts';
import { makeInputs } from './model-inputs.ts';

const model = (...inputs: TensorInfo[]): ModelInfo => ({
  irVersion: 8,
  opsets: { '': 17 },
  inputs,
  outputs: [],
  weights: [],
  operators: {},
  nodes: 1,
});
const image: TensorInfo = { name: 'image', type: 'float32', dims: ['batch', 3, null] };

describe('makeInputs', () => {
  it('fills symbolic and nameless dimensions from --dim, values seeded and in [0, 1)', () => {
    const [input] = makeInputs(model(image), { batch: 2, 'image.2': 5 }, 1, 'm.onnx');
    expect(input!.dims).toEqual([2, 3, 5]);
    const values = new Float32Array(input!.bytes.buffer);
    expect(values).toHaveLength(30);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(new Set(values).size).toBeGreaterThan(20);
    expect(makeInputs(model(image), { batch: 2, 'image.2': 5 }, 2, 'm.onnx')[0]!.bytes).not.toEqual(input!.bytes);
  });

  it('a missing dimension names file, input, dimension and remedy', () => {
    expect(() => makeInputs(model(image), {}, 1, 'm.onnx')).toThrow(
      "m.onnx: dimension 0 of input 'image' is symbolic, 'batch'; give it with --dim batch=VALUE",
    );
    expect(() => makeInputs(model(image), { batch: 1 }, 1, 'm.onnx')).toThrow(
      "m.onnx: dimension 2 of input 'image' leaves its size open; give it with --dim image.2=VALUE",
    );
  });

  it('a dimension that no input has lists the known ones', () => {
    const given = { batch: 1, 'image.2': 5, rows: 4 };
    expect(() => makeInputs(model(image), given, 1, 'm.onnx')).toThrow(/'rows'. Known: batch, image\.2/);
  });

  it('integers are 0 or 1, masks ones, and every element type has its width', () => {
    const inputs = (['int64', 'int32', 'int8', 'float16', 'bool'] as const).map((type) => ({
      name: type,
      type,
      dims: [64],
    }));
    const made = makeInputs(model(...inputs, { name: 'attention_mask', type: 'int64', dims: [4] }), {}, 1, 'm.onnx');
    expect(made.map((input) => input.bytes.length)).toEqual([512, 256, 64, 128, 64, 32]);
    expect(new Set(new BigInt64Array(made[0]!.bytes.buffer))).toEqual(new Set([0n, 1n]));
    expect(new Set(made[4]!.bytes)).toEqual(new Set([1]));
    expect([...new BigInt64Array(made[5]!.bytes.buffer)]).toEqual([1n, 1n, 1n, 1n]);
  });

  it('a type that cannot be made is named', () => {
    expect(() => makeInputs(model({ name: 't', type: 'type 8', dims: [1] }), {}, 1, 'm.onnx')).toThrow(
      /'t' is of type 8/,
    );
  });
});
