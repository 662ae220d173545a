import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './graph-builder.ts';
import { type Graph, writeModel } from './writer.ts';

function graphOf(sizes: readonly number[]): Graph {
  const graph = new GraphBuilder('sizes', 20);
  sizes.forEach((size, index) => {
    graph.initializer({
      name: `w${index}`,
      type: 'uint8',
      dims: [size],
      fill: (target) => void target.fill(index + 1),
    });
  });
  return graph.finish();
}

describe('writeModel', () => {
  it('keeps weights inside up to the limit', async () => {
    const { model, external } = await writeModel(graphOf([2000, 2000]), { inlineBytes: 4000, externalFileBytes: 1e6 });
    expect(external).toEqual([]);
    expect(model.length).toBeGreaterThan(4000);
  });

  it('puts them outside over the limit, aligned, each file within its bound, small ones still inside', async () => {
    const { model, external } = await writeModel(graphOf([2000, 10, 3000, 9000, 2000]), {
      inlineBytes: 4000,
      externalFileBytes: 6000,
    });
    expect(external.map((file) => [file.path, file.data.length])).toEqual([
      ['sizes.0.onnx_data', 5056],
      ['sizes.1.onnx_data', 9024],
      ['sizes.2.onnx_data', 2048],
    ]);
    expect([...external[0]!.data.subarray(1998, 2002)]).toEqual([1, 1, 0, 0]);
    expect([external[0]!.data[2048], external[1]!.data[8999], external[2]!.data[0]]).toEqual([3, 4, 5]);
    expect(model.length).toBeLessThan(600);
  });

  it('a file that cannot be allocated is a RangeError with its size', async () => {
    const huge = { inlineBytes: 0, externalFileBytes: 2 ** 30 };
    await expect(writeModel(graphOf([2 ** 53 - 64]), huge)).rejects.toThrow(/9007199254740928 bytes of weights/);
    await expect(writeModel(graphOf([2 ** 53 - 64]), huge)).rejects.toThrow(RangeError);
  });
});
