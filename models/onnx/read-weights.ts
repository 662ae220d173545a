// Gives the weights of a decoder graph as numbers by Hugging Face name, int4 dequantised: what the f64 reference
// computes with. Knows no forward pass.

import { numberFromHalf } from '../../src/core/half.ts';
import { INT4_BLOCK } from '../decoder-cost.ts';
import { elementCount, tensorBytes } from './proto.ts';
import type { Graph, Initializer } from './writer.ts';

export async function readWeights(graph: Graph): Promise<Map<string, ArrayLike<number>>> {
  const weights = new Map<string, ArrayLike<number>>();
  const byName = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  for (const tensor of graph.initializers) {
    if (tensor.name.endsWith('_Q4')) {
      const name = tensor.name.slice(0, -'_Q4'.length);
      weights.set(name, await dequantise(tensor, byName.get(`${name}_scales`)!));
    } else if (tensor.type === 'float32') {
      weights.set(tensor.name, new Float32Array((await bytesOf(tensor)).buffer));
    } else if (tensor.type === 'float16') {
      weights.set(tensor.name, Float32Array.from(new Uint16Array((await bytesOf(tensor)).buffer), numberFromHalf));
    }
  }
  return weights;
}

async function bytesOf(tensor: Initializer): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(tensorBytes(tensor.type, tensor.dims));
  await tensor.fill(bytes);
  return bytes;
}

/** MatMulNBits' [outputs, blocks, 16] nibbles, low one first, to [inputs, outputs]. */
async function dequantise(packed: Initializer, scaleTensor: Initializer): Promise<Float32Array> {
  const nibbles = await bytesOf(packed);
  const scales = new Float32Array((await bytesOf(scaleTensor)).buffer);
  const outputs = packed.dims[0]!;
  const inputs = packed.dims[1]! * INT4_BLOCK;
  const matrix = new Float32Array(elementCount([inputs, outputs]));
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const at = output * inputs + input;
      const nibble = (nibbles[at >> 1]! >> (4 * (at & 1))) & 15;
      matrix[input * outputs + output] = (nibble - 8) * scales[Math.floor(at / INT4_BLOCK)]!;
    }
  }
  return matrix;
}
