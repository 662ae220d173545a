// The numbers of a tensor as f32, whatever it is stored as. Knows no file format and no runtime.
import { numberFromHalf } from '../src/core/half.ts';
import { dequantised } from '../src/core/quantised.ts';
import type { TensorValues } from './weight-source.ts';

/** Row by row, exactly: f32 holds every f16, bf16 and quant times scale that these types have. The data itself when f32. */
export function float32Of(values: TensorValues): Float32Array<ArrayBuffer> {
  if ('quants' in values) {
    const { rows, k } = values;
    return Float32Array.from({ length: rows * k }, (_, i) => dequantised(values, Math.floor(i / k), i % k));
  }
  if (values.type === 'f32') return values.data;
  if (values.type === 'bf16') {
    const words = Uint32Array.from(values.data, (half) => half << 16);
    return new Float32Array(words.buffer);
  }
  const table = halfTable();
  return Float32Array.from(values.data, (half) => table[half]!);
}

/** All 65,536 f16 numbers: a look-up is several times as fast as the arithmetic. Made anew for each tensor, 1 ms. */
function halfTable(): Float32Array {
  return Float32Array.from({ length: 2 ** 16 }, (_, half) => numberFromHalf(half));
}
