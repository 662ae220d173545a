// Makes inputs for any model from what its file says of them: shapes with symbolic dimensions filled in, seeded values.
// Knows no runtime.
import { ELEMENT_TYPES, type ElementType, elementCount } from '../../models/onnx/proto.ts';
import type { ModelInfo, TensorInfo } from '../../models/onnx/reader.ts';
import { UserError, unknownValue } from '../core/errors.ts';
import { halfFromNumber } from '../core/half.ts';
import { createRng, streamOf } from '../core/rng.ts';
import { type FeedableType, isFeedable } from './tensors.ts';

export interface InputData {
  readonly name: string;
  readonly type: FeedableType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type Dims = Readonly<Record<string, number>>;

/** Name of a dimension in `--dim name=value`: the file's own, or `input.index` where it gives none. */
function dimName(input: TensorInfo, index: number): string | null {
  const dim = input.dims[index]!;
  return typeof dim === 'number' ? null : (dim ?? `${input.name}.${index}`);
}

/** The input's shape in numbers. A UserError names file, input, dimension and remedy when one is left open. */
export function resolveDims(input: TensorInfo, dims: Dims, fileName: string): number[] {
  return input.dims.map((dim, index) => {
    if (typeof dim === 'number') return dim;
    const name = dimName(input, index)!;
    const size = dims[name];
    if (size !== undefined) return size;
    const open = dim === null ? 'leaves its size open' : `is symbolic, '${dim}'`;
    throw new UserError(
      `${fileName}: dimension ${index} of input '${input.name}' ${open}; give it with --dim ${name}=VALUE`,
    );
  });
}

/** A UserError names a given dimension that no input has. */
function refuseUnknownDims(info: ModelInfo, dims: Dims, fileName: string): void {
  const known = new Set(info.inputs.flatMap((input) => input.dims.flatMap((_, i) => dimName(input, i) ?? [])));
  for (const name of Object.keys(dims)) {
    if (!known.has(name)) unknownValue(`dimension of ${fileName}:`, name, known.size > 0 ? [...known] : ['none']);
  }
}

/**
 * Seeded contents for every input: floats uniform in [0, 1), integers 0 or 1 (valid as indices into any table of two rows),
 * ones for anything called a mask, true for booleans.
 */
export function makeInputs(info: ModelInfo, dims: Dims, seed: number, fileName: string): InputData[] {
  refuseUnknownDims(info, dims, fileName);
  return info.inputs.map((input) => {
    const { name, type } = input;
    if (!isFeedable(type)) throw new UserError(`${fileName}: input '${name}' is of ${type}, which cannot be made here`);
    const shape = resolveDims(input, dims, fileName);
    return { name, type, dims: shape, bytes: seededBytes(name, type, elementCount(shape), seed) };
  });
}

function seededBytes(name: string, type: FeedableType, count: number, seed: number): Uint8Array<ArrayBuffer> {
  const rng = createRng(seed, streamOf(name));
  const float = type === 'float32' || type === 'float64' || type === 'float16';
  const fixed = type === 'bool' || /mask/.test(name);
  return numbersToBytes(type, count, () => (fixed ? 1 : float ? rng.uniform() : rng.u32() & 1));
}

/** `count` numbers as little-endian elements. */
export function numbersToBytes(
  type: ElementType,
  count: number,
  next: (index: number) => number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(count * ELEMENT_TYPES[type].bytes));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const value = next(i);
    if (type === 'float32') view.setFloat32(4 * i, value, true);
    else if (type === 'float64') view.setFloat64(8 * i, value, true);
    else if (type === 'float16') view.setUint16(2 * i, halfFromNumber(value), true);
    else if (type === 'int64' || type === 'uint64') view.setBigInt64(8 * i, BigInt(value), true);
    else if (type === 'int32' || type === 'uint32') view.setInt32(4 * i, value, true);
    else if (type === 'int16' || type === 'uint16') view.setInt16(2 * i, value, true);
    else view.setUint8(i, value);
  }
  return bytes;
}
