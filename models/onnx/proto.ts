// Field and enum numbers of the public ONNX schema (onnx/onnx.proto, IR version 10): the only place that spells them.

export const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = {
  name: 1,
  float: 2,
  int: 3,
  graph: 6,
  ints: 8,
  type: 20,
} as const;
export const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 } as const;
export const TENSOR = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  externalData: 13,
  dataLocation: 14,
} as const;
export const EXTERNAL = 1;
export const ENTRY = { key: 1, value: 2 } as const;
export const VALUE_INFO = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
export const SHAPE = { dim: 1 } as const;
export const DIM = { value: 1, param: 2 } as const;

/** TensorProto.DataType by the names onnxruntime uses, with the bytes of one element (0.5: two to a byte). */
export const ELEMENT_TYPES = {
  float32: { id: 1, bytes: 4 },
  uint8: { id: 2, bytes: 1 },
  int8: { id: 3, bytes: 1 },
  uint16: { id: 4, bytes: 2 },
  int16: { id: 5, bytes: 2 },
  int32: { id: 6, bytes: 4 },
  int64: { id: 7, bytes: 8 },
  bool: { id: 9, bytes: 1 },
  float16: { id: 10, bytes: 2 },
  float64: { id: 11, bytes: 8 },
  uint32: { id: 12, bytes: 4 },
  uint64: { id: 13, bytes: 8 },
  bfloat16: { id: 16, bytes: 2 },
  uint4: { id: 21, bytes: 0.5 },
  int4: { id: 22, bytes: 0.5 },
} as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The name of a DataType number, or `type 8` where this project does not read it (strings, float8). */
export function elementTypeName(id: number): ElementType | `type ${number}` {
  const found = Object.entries(ELEMENT_TYPES).find(([, type]) => type.id === id);
  return found ? (found[0] as ElementType) : `type ${id}`;
}

/** Number of elements of a shape. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Bytes of a tensor. */
export function tensorBytes(type: ElementType, dims: readonly number[]): number {
  return Math.ceil(elementCount(dims) * ELEMENT_TYPES[type].bytes);
}
