// A decoder's weights in another type, quantised once for everyone: what every runtime and the reference then read, so that
// they compute with the very same numbers. Knows no file format and no runtime.
import { halfFromNumber } from '../src/core/half.ts';
import { quantise } from '../src/core/quantised.ts';
import type { WeightType } from './decoder-cost.ts';
import { float32Of } from './weight-numbers.ts';
import type { WeightSource, WeightTensor } from './weight-source.ts';

/**
 * What becomes of the embedding and the output matrix beside int4 layers. `onnx`: the table stays f32, and the output matrix,
 * tied or not, is int4 and its own, as published exports have it. `int8`: both are int8, and one where they are tied.
 */
export type TableForm = 'onnx' | 'int8';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** f32: as numbers. f16: every tensor rounded. int8, int4: matrices in blocks of 32; vectors and routers (`mlp.gate`) stay f32. */
export function retypedWeights(source: WeightSource, type: WeightType, tables: TableForm): WeightSource {
  const copied = type === 'int4' && tables === 'onnx' && !source.names.includes(HEAD);
  const read = (name: string): Promise<WeightTensor> => source.tensor(copied && name === HEAD ? EMBEDDING : name);
  return {
    config: source.config,
    names: copied ? [...source.names, HEAD] : source.names,
    tensor: async (name) => retyped(await read(name), typeOf(name, type, tables)),
  };
}

function typeOf(name: string, type: WeightType, tables: TableForm): WeightType {
  if (type !== 'int4' && type !== 'int8') return type;
  if (name.endsWith('.mlp.gate.weight')) return 'f32';
  if (type === 'int8') return type;
  if (tables === 'int8' && (name === EMBEDDING || name === HEAD)) return 'int8';
  return name === EMBEDDING ? 'f32' : 'int4';
}

function retyped({ shape, values }: WeightTensor, type: WeightType): WeightTensor {
  if (values.type === type) return { shape, values };
  const numbers = float32Of(values);
  const [rows = 0, k] = shape;
  if (type === 'f16') return { shape, values: { type, data: Uint16Array.from(numbers, halfFromNumber) } };
  if (type === 'f32' || k === undefined) return { shape, values: { type: 'f32', data: numbers } };
  return { shape, values: quantise(type, rows, k, numbers) };
}
