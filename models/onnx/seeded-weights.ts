// The drawn weights of a decoder as a weight source: the same numbers a written graph of that seed holds, for runtimes
// that read no ONNX, and in f64 for the reference. Knows no graph and no runtime.
import { halfFromNumber } from '../../src/core/half.ts';
import { emptyWeights, type QuantisedWeights } from '../../src/core/quantised.ts';
import { INT4_BLOCK, type WeightType } from '../decoder-cost.ts';
import type { DecoderConfig } from '../decoders.ts';
import { float32Of } from '../weight-numbers.ts';
import type { TensorValues, WeightSource, WeightTensor } from '../weight-source.ts';
import type { ReferenceWeights } from './decoder-reference.ts';
import { decoderWeights, listWeights, type MatrixSpec, type VectorSpec } from './decoder-weights.ts';
import { fillInt4, fillInt4Scales, fillUniform, fillUniformHalf } from './weights.ts';

/** Drawn when read, one tensor at a time. int4: the matrices of the layers and the head, as in the graphs. */
export function seededWeights(config: DecoderConfig, type: WeightType, seed: number): WeightSource {
  const weights = decoderWeights(config);
  const list = listWeights(weights);
  const tied = type === 'int4' && !weights.head ? [{ ...weights.embedding, name: 'lm_head.weight' }] : [];
  const specs = new Map([...list, ...tied].map((spec) => [spec.name, spec]));
  return {
    config,
    names: [...specs.keys()],
    tensor: async (name) => {
      const spec = specs.get(name);
      if (!spec) throw new Error(`seeded weights of ${config.name}: no tensor named ${name}`);
      if ('length' in spec) return { shape: [spec.length], values: drawVector(spec, type, seed) };
      const quantised = type === 'int4' && spec !== weights.embedding;
      const values = quantised ? drawInt4(spec, seed) : drawMatrix(spec, type, seed);
      return { shape: [spec.outputs, spec.inputs], values };
    },
  };
}

function drawVector({ name, length, mean, deviation }: VectorSpec, type: WeightType, seed: number): TensorValues {
  return type === 'f16'
    ? { type, data: drawHalves(name, length, seed, deviation, mean) }
    : { type: 'f32', data: drawFloats(name, length, seed, deviation, mean) };
}

/** Graphs store [inputs, outputs]; a weight source [outputs, inputs]. */
function drawMatrix({ name, inputs, outputs, deviation }: MatrixSpec, type: WeightType, seed: number): TensorValues {
  const length = inputs * outputs;
  if (type === 'f16') {
    const data = new Uint16Array(length);
    transpose(drawHalves(name, length, seed, deviation, 0), data, inputs, outputs);
    return { type, data };
  }
  const data = new Float32Array(length);
  transpose(drawFloats(name, length, seed, deviation, 0), data, inputs, outputs);
  return { type: 'f32', data };
}

function drawFloats(name: string, length: number, seed: number, deviation: number, mean: number) {
  const data = new Float32Array(length);
  fillUniform(data, seed, name, deviation, mean);
  return data;
}

function drawHalves(name: string, length: number, seed: number, deviation: number, mean: number) {
  const data = new Uint16Array(length);
  fillUniformHalf(data, seed, name, deviation, mean);
  return data;
}

/** `source` [rows, columns] into `target` [columns, rows]. */
function transpose<T extends Float32Array | Uint16Array>(source: T, target: T, rows: number, columns: number): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) target[column * rows + row] = source[row * columns + column]!;
  }
}

/** MatMulNBits' nibbles, two neighbours a byte, in the order of src/core/quantised.ts. */
function drawInt4(spec: MatrixSpec, seed: number): QuantisedWeights {
  const { inputs, outputs, name } = spec;
  const made = emptyWeights('int4', outputs, inputs);
  const nibbles = new Uint8Array((inputs * outputs) / 2);
  fillInt4(nibbles, seed, name);
  const scales = new Float32Array((inputs / INT4_BLOCK) * outputs);
  fillInt4Scales(scales, seed, spec);
  const nibble = (i: number): number => (nibbles[i >> 1]! >> (4 * (i & 1))) & 15;
  for (let word = 0; word < made.quants.length; word++) {
    let bits = 0;
    for (let j = 0; j < 4; j++) bits |= (nibble(8 * word + j) | (nibble(8 * word + 4 + j) << 4)) << (8 * j);
    made.quants[word] = bits >>> 0;
  }
  for (const [i, scale] of scales.entries()) made.scales[i >> 1]! |= halfFromNumber(scale) << (16 * (i & 1));
  return made;
}

/** All of a source's tensors as numbers, matrices turned to [inputs, outputs] as the reference wants them. */
export async function referenceWeights(source: WeightSource): Promise<ReferenceWeights> {
  const weights = new Map<string, Float32Array>();
  for (const name of source.names) weights.set(name, numbersOf(await source.tensor(name)));
  return weights;
}

function numbersOf({ shape, values }: WeightTensor): Float32Array {
  const numbers = float32Of(values);
  const [rows = 1, columns] = shape;
  if (columns === undefined) return numbers;
  const turned = new Float32Array(numbers.length);
  transpose(numbers, turned, rows, columns);
  return turned;
}
