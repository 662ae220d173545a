// A decoder's weights in another type, quantised once for everyone: what every runtime and the reference then read, so that
// they compute with the very same numbers. Knows no file format and no runtime.
import { halfFromNumber } from '../src/core/half.ts';
import { quantise } from '../src/core/quantised.ts';
import type { WeightType } from './decoder-cost.ts';
import { float32Of } from './weight-numbers.ts';
import type { WeightSource, WeightTensor } from './weight-source.ts';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/**
 * f32: as numbers. f16: every tensor rounded. int4: matrices quantised in blocks of 32; vectors and the embedding table stay
 * f32, and a tied head gets a quantised copy of the table, as published int4 exports have it. A router (`mlp.gate`) stays f32.
 */
export function retypedWeights(source: WeightSource, type: WeightType): WeightSource {
  const tied = !source.names.includes(HEAD) && type === 'int4';
  return {
    config: source.config,
    names: tied ? [...source.names, HEAD] : source.names,
    tensor: async (name) => retyped(name, await source.tensor(tied && name === HEAD ? EMBEDDING : name), type),
  };
}

function retyped(name: string, { shape, values }: WeightTensor, type: WeightType): WeightTensor {
  if ('quants' in values && values.type === type) return { shape, values };
  const numbers = float32Of(values);
  if (type === 'f16') return { shape, values: { type, data: Uint16Array.from(numbers, halfFromNumber) } };
  const [rows = 0, k] = shape;
  const stays = k === undefined || name === EMBEDDING || name.endsWith('.mlp.gate.weight');
  if (type === 'f32' || stays) return { shape, values: { type: 'f32', data: numbers } };
  return { shape, values: quantise(type, rows, k, numbers) };
}
