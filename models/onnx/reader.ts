// Reads the structure of an .onnx file (operator sets, inputs, outputs, operators, weights' shapes) without its weights,
// so that a bad file is named as such before a runtime sees it. Never allocates by a length the file claims.
import { UserError } from '../../src/core/errors.ts';
import { eachField, type Fields, openReader } from './fields.ts';
import {
  ATTRIBUTE,
  DIM,
  ELEMENT_TYPES,
  type ElementType,
  ENTRY,
  EXTERNAL,
  elementTypeName,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  tensorBytes,
  VALUE_INFO,
} from './proto.ts';

export interface TensorInfo {
  readonly name: string;
  readonly type: ElementType | `type ${number}`;
  /** Numbers, names of symbolic dimensions, or null where the file says nothing. */
  readonly dims: readonly (number | string | null)[];
}

interface WeightInfo extends TensorInfo {
  /** The separate file that holds its data; null when inside. */
  readonly externalFile: string | null;
  /** Where in that file, bytes; the length as the shape asks where the model does not say. */
  readonly externalRange: { readonly offset: number; readonly length: number } | null;
}

/** Names of the separate files that hold weights, each once, as the model writes them (relative to its own folder). */
export function externalFilesOf(info: ModelInfo): string[] {
  return [...new Set(info.weights.flatMap((weight) => weight.externalFile ?? []))];
}

export interface ModelInfo {
  readonly irVersion: number;
  /** Operator set version by domain; ONNX's own domain is ''. */
  readonly opsets: Readonly<Record<string, number>>;
  /** What a caller must feed: graph inputs that no weight fills. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly weights: readonly WeightInfo[];
  /** How often each operator occurs, by `domain:Operator` (no colon in ONNX's own domain), bodies of loops included. */
  readonly operators: Readonly<Record<string, number>>;
  readonly nodes: number;
}

/** No runtime has tensors of more dimensions. */
const MOST_DIMENSIONS = 64;
/** Bodies within bodies deeper than this are no real model. */
const DEEPEST_BODY = 16;

interface Found {
  readonly fileName: string;
  inputs: TensorInfo[];
  outputs: TensorInfo[];
  weights: WeightInfo[];
  operators: Record<string, number>;
  nodes: number;
}

/** The structure of a model. A UserError names the file, what was found and where, when it is not one or is cut short. */
export function inspectModel(bytes: Uint8Array, fileName: string): ModelInfo {
  if (bytes.length === 0) throw new UserError(`${fileName}: the file is empty`);
  refuseOtherFormats(bytes, fileName);
  const opsets: Record<string, number> = {};
  const found: Found = { fileName, inputs: [], outputs: [], weights: [], operators: {}, nodes: 0 };
  let irVersion = 0;
  let graphs = 0;
  eachField(openReader(bytes, fileName), (fields) => {
    if (fields.number === MODEL.irVersion) irVersion = fields.int();
    else if (fields.number === MODEL.opsetImport) readOpset(fields, opsets);
    else if (fields.number === MODEL.graph) {
      graphs++;
      fields.message((inner) => readGraph(inner, found, 0));
    } else fields.skip();
  });
  if (graphs !== 1 || irVersion === 0) {
    throw new UserError(`${fileName}: not an ONNX model: ${graphs === 0 ? 'it holds no graph' : 'no IR version'}`);
  }
  const filled = new Set(found.weights.map((weight) => weight.name));
  const { outputs, weights, operators, nodes } = found;
  const inputs = found.inputs.filter((input) => !filled.has(input.name));
  return { irVersion, opsets, inputs, outputs, weights, operators, nodes };
}

/** Beginnings of files people mistake for a model. */
const OTHER_FORMATS: readonly (readonly [string, string])[] = [
  ['version https://git-lfs', 'a Git LFS pointer; fetch the file itself with `git lfs pull`'],
  ['GGUF', 'a GGUF file'],
  ['PK\x03\x04', 'a zip archive (a PyTorch checkpoint is one)'],
  ['<!DOCTYPE', 'an HTML page; the download address was probably not the raw file'],
  ['<!doctype', 'an HTML page; the download address was probably not the raw file'],
  ['{', 'JSON text'],
];

function refuseOtherFormats(bytes: Uint8Array, fileName: string): void {
  const start = String.fromCharCode(...bytes.subarray(0, 32));
  const other = OTHER_FORMATS.find(([prefix]) => start.startsWith(prefix));
  if (other) throw new UserError(`${fileName}: not an ONNX model: this is ${other[1]}`);
}

function readOpset(fields: Fields, opsets: Record<string, number>): void {
  let domain = '';
  let version = 0;
  fields.message((inner) => {
    if (inner.number === OPSET.domain) domain = inner.text();
    else if (inner.number === OPSET.version) version = inner.int();
    else inner.skip();
  });
  opsets[domain === 'ai.onnx' ? '' : domain] = version;
}

function readGraph(fields: Fields, found: Found, depth: number): void {
  if (fields.number === GRAPH.node) readNode(fields, found, depth);
  else if (depth > 0) fields.skip();
  else if (fields.number === GRAPH.initializer) found.weights.push(readWeight(fields, found.fileName));
  else if (fields.number === GRAPH.input) found.inputs.push(readValueInfo(fields));
  else if (fields.number === GRAPH.output) found.outputs.push(readValueInfo(fields));
  else fields.skip();
}

function readNode(fields: Fields, found: Found, depth: number): void {
  let [operator, domain] = ['', ''];
  fields.message((inner) => {
    if (inner.number === NODE.opType) operator = inner.text();
    else if (inner.number === NODE.domain) domain = inner.text();
    else if (inner.number === NODE.attribute && depth < DEEPEST_BODY) {
      inner.message((attribute) => {
        if (attribute.number === ATTRIBUTE.graph) attribute.message((body) => readGraph(body, found, depth + 1));
        else attribute.skip();
      });
    } else inner.skip();
  });
  const name = domain === '' || domain === 'ai.onnx' ? operator : `${domain}:${operator}`;
  found.operators[name] = (found.operators[name] ?? 0) + 1;
  found.nodes++;
}

/** A UserError when the bytes of a weight inside are not as many as its type and shape ask for. */
function readWeight(fields: Fields, fileName: string): WeightInfo {
  const dims: number[] = [];
  let [name, typeId, external, raw] = ['', 0, false, -1];
  const entries: Record<string, string> = { location: '', offset: '0', length: '' };
  fields.message((inner) => {
    if (inner.number === TENSOR.name) name = inner.text();
    else if (inner.number === TENSOR.dims) dims.push(...inner.ints(MOST_DIMENSIONS));
    else if (inner.number === TENSOR.dataType) typeId = inner.int();
    else if (inner.number === TENSOR.rawData) raw = inner.bytes().length;
    else if (inner.number === TENSOR.dataLocation) external = inner.int() === EXTERNAL;
    else if (inner.number === TENSOR.externalData) {
      let [key, value] = ['', ''];
      inner.message((entry) => {
        if (entry.number === ENTRY.key) key = entry.text();
        else if (entry.number === ENTRY.value) value = entry.text();
        else entry.skip();
      });
      if (Object.hasOwn(entries, key)) entries[key] = value;
    } else inner.skip();
  });
  const type = elementTypeName(typeId);
  const refuse = (what: string): never => {
    throw new UserError(`${fileName}: not a whole ONNX model: weight '${name.slice(0, 80)}' ${what}`);
  };
  if (dims.length > MOST_DIMENSIONS || dims.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    refuse(`has the shape [${dims.slice(0, 8)}]`);
  }
  const wanted = type in ELEMENT_TYPES ? tensorBytes(type as ElementType, dims) : null;
  if (!external) {
    if (raw >= 0 && wanted !== null && raw !== wanted)
      refuse(`holds ${raw} bytes; ${type} of [${dims}] takes ${wanted}`);
    return { name, type, dims, externalFile: null, externalRange: null };
  }
  const [offset, length] = [Number(entries.offset), entries.length === '' ? (wanted ?? 0) : Number(entries.length)];
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    refuse(`lies at ${entries.offset!.slice(0, 40)}, ${entries.length!.slice(0, 40)} bytes long`);
  }
  if (wanted !== null && length !== wanted) refuse(`has ${length} bytes outside; ${type} of [${dims}] takes ${wanted}`);
  return { name, type, dims, externalFile: entries.location!, externalRange: { offset, length } };
}

function readValueInfo(fields: Fields): TensorInfo {
  const dims: (number | string | null)[] = [];
  let [name, type] = ['', 0];
  const readDim = (fieldsOfDim: Fields): void => {
    let dim: number | string | null = null;
    fieldsOfDim.message((inner) => {
      if (inner.number === DIM.value) dim = inner.int();
      else if (inner.number === DIM.param) dim = inner.text() || null;
      else inner.skip();
    });
    dims.push(dim);
  };
  const readTensorType = (inner: Fields): void => {
    if (inner.number === TENSOR_TYPE.elementType) type = inner.int();
    else if (inner.number === TENSOR_TYPE.shape) {
      inner.message((shape) => (shape.number === SHAPE.dim ? readDim(shape) : shape.skip()));
    } else inner.skip();
  };
  fields.message((inner) => {
    if (inner.number === VALUE_INFO.name) name = inner.text();
    else if (inner.number === VALUE_INFO.type) {
      inner.message((kind) => (kind.number === TYPE.tensor ? kind.message(readTensorType) : kind.skip()));
    } else inner.skip();
  });
  return { name, type: elementTypeName(type), dims };
}
