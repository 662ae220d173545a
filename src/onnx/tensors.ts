// Moves numbers between JavaScript and the runtime's tensors, whatever their element type and wherever they lie.
// Knows no model.
import type { ElementType } from '../../models/onnx/proto.ts';
import { numberFromHalf } from '../core/half.ts';
import type { Ort, Tensor } from './runtime.ts';

/** Element types this runtime takes from JavaScript as they lie in memory. */
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;
export type FeedableType = keyof typeof ARRAYS;

export function isFeedable(type: string): type is FeedableType {
  return type in ARRAYS;
}

/** Little-endian elements as the array the runtime takes; a copy. */
export function typedArray(
  type: FeedableType,
  bytes: Uint8Array<ArrayBuffer>,
): InstanceType<(typeof ARRAYS)[FeedableType]> {
  return new ARRAYS[type](bytes.slice().buffer);
}

/** A tensor on the CPU from little-endian bytes. */
export function tensorFromBytes(
  ort: Ort,
  type: FeedableType,
  dims: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): Tensor {
  const data = typedArray(type, bytes);
  // The constructor is overloaded by element type; the table above pairs each type with the array it takes.
  return new ort.Tensor(type as 'float32', data as Float32Array, [...dims]);
}

/** Values of a tensor of any numeric type as numbers; downloads from the GPU where it must. */
export async function tensorNumbers(tensor: Tensor): Promise<ArrayLike<number>> {
  return toNumbers(tensor.type as ElementType, await tensor.getData());
}

/** Some runtimes give f16 as Float16Array, others as bit patterns. */
export function toNumbers(type: ElementType, data: unknown): ArrayLike<number> {
  if (type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, numberFromHalf);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return data as ArrayLike<number>;
}
