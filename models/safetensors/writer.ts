// Writes a safetensors file of a weight source, and the config.json that goes with it.
import { halfFromNumber } from '../../src/core/half.ts';
import { float32Of } from '../weight-numbers.ts';
import type { TensorValues, WeightSource } from '../weight-source.ts';
import { DTYPE_BITS, LENGTH_BYTES } from './header.ts';

/** `same`: every tensor as the source has it; quantised ones have no place in this format and become F32. */
export const SAFETENSORS_EXPORT_TYPES = ['same', 'F32', 'F16', 'BF16'] as const;
export type SafetensorsExportType = (typeof SAFETENSORS_EXPORT_TYPES)[number];

type Dtype = Exclude<SafetensorsExportType, 'same'>;

const SAME: Readonly<Record<TensorValues['type'], Dtype>> = {
  f32: 'F32',
  f16: 'F16',
  bf16: 'BF16',
  int8: 'F32',
  int4: 'F32',
};

/** The file in pieces: its header, then tensor by tensor, in the source's order. */
export async function* writeSafetensors(
  source: WeightSource,
  type: SafetensorsExportType,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const dtypes = new Map<string, Dtype>();
  let end = 0;
  for (const name of source.names) {
    // Only the type and shape are wanted here; a tensor is read again when its turn comes, so that one is held at a time.
    const { shape, values } = await source.tensor(name);
    const dtype = type === 'same' ? SAME[values.type] : type;
    const start = end;
    end += (shape.reduce((product, size) => product * size, 1) * DTYPE_BITS[dtype]!) / 8;
    dtypes.set(name, dtype);
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  yield headerBytes(header);
  for (const name of source.names) yield tensorBytes((await source.tensor(name)).values, dtypes.get(name)!);
}

/** The header's length and text, padded with spaces so that the tensors begin at a multiple of eight. */
function headerBytes(header: unknown): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
}

function tensorBytes(values: TensorValues, dtype: Dtype): Uint8Array<ArrayBuffer> {
  if (!('quants' in values) && SAME[values.type] === dtype) return new Uint8Array(values.data.buffer);
  const numbers = float32Of(values);
  if (dtype === 'F32') return new Uint8Array(numbers.buffer);
  const round = dtype === 'F16' ? halfFromNumber : bfloatFromNumber;
  return new Uint8Array(Uint16Array.from(numbers, round).buffer);
}

/** bf16 bit pattern nearest to a number, ties to even. */
function bfloatFromNumber(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
