// Where the numbers of a graph's weights come from: drawn from a seed, or read from a weight source. Each is made when the
// file is written, straight into its place. Knows no graph.
import { halfFromNumber } from '../../src/core/half.ts';
import { type QuantisedWeights, quantise } from '../../src/core/quantised.ts';
import { float32Of } from '../weight-numbers.ts';
import type { WeightSource, WeightTensor } from '../weight-source.ts';
import type { MatrixSpec, VectorSpec } from './decoder-weights.ts';
import { nibblesOf, scalesOf } from './int4-layout.ts';
import { fillInt4, fillInt4Scales, fillUniform, fillUniformHalf } from './weights.ts';
import type { Initializer } from './writer.ts';

type Fill = Initializer['fill'];

export interface WeightFills {
  /** Matrices [inputs, outputs], as ONNX multiplies; `type` is that of the graph's tensor. */
  floats(spec: MatrixSpec | VectorSpec, type: 'float32' | 'float16'): Fill;
  /** MatMulNBits' nibbles, [outputs, inputs / 32, 16]. */
  nibbles(spec: MatrixSpec): Fill;
  /** MatMulNBits' scales in f32, [outputs · inputs / 32]. */
  scales(spec: MatrixSpec): Fill;
}

/** Weights drawn from a seed: the same numbers on every machine. */
export function drawnFills(seed: number): WeightFills {
  return {
    floats: (spec, type) => (target) => {
      const mean = 'mean' in spec ? spec.mean : 0;
      if (type === 'float16') fillUniformHalf(halves(target), seed, spec.name, spec.deviation, mean);
      else fillUniform(floats(target), seed, spec.name, spec.deviation, mean);
    },
    nibbles: (spec) => (target) => fillInt4(target, seed, spec.name),
    scales: (spec) => (target) => fillInt4Scales(floats(target), seed, spec),
  };
}

/**
 * Weights of a source, in the type the graph asks for: f16 rounds, int4 quantises what is not int4 yet. A tied head that
 * the source has no tensor of its own for is the embedding.
 */
export function storedFills(source: WeightSource): WeightFills {
  const read = (name: string): Promise<WeightTensor> => {
    const own = source.names.includes(name) || name !== 'lm_head.weight';
    return source.tensor(own ? name : 'model.embed_tokens.weight');
  };
  // A matrix's nibbles and scales are asked for one after the other: kept until both have been.
  const kept = new Map<string, Promise<QuantisedWeights>>();
  const quantised = (spec: MatrixSpec): Promise<QuantisedWeights> => {
    const waiting = kept.get(spec.name);
    if (waiting) {
      kept.delete(spec.name);
      return waiting;
    }
    const made = read(spec.name).then(({ values }) =>
      'quants' in values && values.type === 'int4'
        ? values
        : quantise('int4', spec.outputs, spec.inputs, float32Of(values)),
    );
    kept.set(spec.name, made);
    return made;
  };
  return {
    floats: (spec, type) => async (target) => {
      const { values } = await read(spec.name);
      const [rows, columns] = 'inputs' in spec ? [spec.outputs, spec.inputs] : [1, spec.length];
      if (type === 'float32') return turn(float32Of(values), floats(target), rows, columns);
      if (!('quants' in values) && values.type === 'f16') return turn(values.data, halves(target), rows, columns);
      turn(Uint16Array.from(float32Of(values), halfFromNumber), halves(target), rows, columns);
    },
    nibbles: (spec) => async (target) => nibblesOf(await quantised(spec), target),
    scales: (spec) => async (target) => scalesOf(await quantised(spec), floats(target)),
  };
}

function floats(target: Uint8Array): Float32Array {
  return new Float32Array(target.buffer, target.byteOffset, target.byteLength / 4);
}

function halves(target: Uint8Array): Uint16Array {
  return new Uint16Array(target.buffer, target.byteOffset, target.byteLength / 2);
}

/** Side of the square that `turn` moves at a time: both its sides then stay in the cache. */
const TILE = 64;

/** `from` [rows, columns] into `to` [columns, rows]. */
function turn<T extends Float32Array | Uint16Array>(from: T, to: T, rows: number, columns: number): void {
  for (let top = 0; top < rows; top += TILE) {
    for (let left = 0; left < columns; left += TILE) {
      const [bottom, right] = [Math.min(top + TILE, rows), Math.min(left + TILE, columns)];
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) to[column * rows + row] = from[row * columns + column]!;
      }
    }
  }
}
