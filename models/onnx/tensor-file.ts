// Reads a serialised TensorProto, the form of ONNX test data: element type, shape, values. Knows no runtime.
import { UserError } from '../../src/core/errors.ts';
import { eachField, openReader } from './fields.ts';
import { ELEMENT_TYPES, type ElementType, elementCount, elementTypeName, TENSOR, tensorBytes } from './proto.ts';

export interface TensorData {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Little-endian elements; f16 as bit patterns. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A UserError names the file when it is not a tensor, is cut short, or holds fewer values than its shape. */
export function readTensorFile(file: Uint8Array, fileName: string): TensorData {
  const dims: number[] = [];
  let [name, typeId] = ['', 0];
  let raw: Uint8Array | null = null;
  const values: number[] = [];
  eachField(openReader(file, fileName), (field) => {
    if (field.number === TENSOR.dims) dims.push(...field.ints());
    else if (field.number === TENSOR.dataType) typeId = field.int();
    else if (field.number === TENSOR.name) name = field.text();
    else if (field.number === TENSOR.rawData) raw = field.bytes();
    else if (field.number === TENSOR.floatData) values.push(...field.floats(4));
    else if (field.number === TENSOR.doubleData) values.push(...field.floats(8));
    else if (field.number === TENSOR.int32Data || field.number === TENSOR.int64Data) values.push(...field.ints());
    else field.skip();
  });
  const type = elementTypeName(typeId);
  if (!(type in ELEMENT_TYPES)) throw new UserError(`${fileName}: a tensor of ${type} is not read`);
  const known = type as ElementType;
  const bytes = raw === null ? encode(known, values) : Uint8Array.from(raw);
  if (bytes.length !== tensorBytes(known, dims)) {
    const needed = `${elementCount(dims)} elements of ${known} for shape [${dims}]`;
    throw new UserError(`${fileName}: holds ${bytes.length} bytes of data, needs ${needed}`);
  }
  return { name, type: known, dims, bytes };
}

/** Typed fields to bytes; TensorProto keeps f16 bits and small integers in int32_data. */
function encode(type: ElementType, values: readonly number[]): Uint8Array<ArrayBuffer> {
  const from = (): ArrayBufferView<ArrayBuffer> => {
    switch (type) {
      case 'float32':
        return Float32Array.from(values);
      case 'float64':
        return Float64Array.from(values);
      case 'int64':
      case 'uint64':
        return BigInt64Array.from(values, BigInt);
      case 'int32':
      case 'uint32':
        return Int32Array.from(values);
      case 'float16':
      case 'bfloat16':
      case 'int16':
      case 'uint16':
        return Uint16Array.from(values);
      default:
        return Uint8Array.from(values);
    }
  };
  const view = from();
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
