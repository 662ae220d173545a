// Writes an ONNX model: the graph as protobuf, weights inside it or beside it as external data.
// Knows nothing of what the graph computes.
import protobuf, { type Writer } from 'protobufjs/minimal.js';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIM,
  ELEMENT_TYPES,
  type ElementType,
  ENTRY,
  EXTERNAL,
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

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** Numbers, or names of symbolic dimensions. */
  readonly dims: readonly (number | string)[];
}

/** A weight: its bytes are made when they are needed, straight into their place. `target` starts at a multiple of 64. */
export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  fill(target: Uint8Array): void | Promise<void>;
}

export type AttributeValue = { float: number } | { int: number } | { ints: readonly number[] };

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** '' is ONNX's own domain. */
  readonly domain: string;
  /** An empty name is an input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface Graph {
  readonly name: string;
  /** Operator set version by domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/** A model as files: the protobuf, and the external data it names. */
export interface OnnxFiles {
  readonly model: Uint8Array;
  readonly external: readonly ExternalFile[];
}

export interface WriteLimits {
  /** Weight bytes up to which everything stays inside the protobuf, whose own bound is 2 GiB. */
  readonly inlineBytes: number;
  /** Largest external file; a single larger tensor gets a file of its own. */
  readonly externalFileBytes: number;
}

/** 64 MiB keeps the copies a protobuf needs cheap; 1 GiB is an ArrayBuffer every 64-bit browser gives. */
const WRITE_LIMITS: WriteLimits = { inlineBytes: 2 ** 26, externalFileBytes: 2 ** 30 };

/** Tensors of fewer bytes (shapes, scalars, norms) always stay inside: runtimes fold them while they read the graph. */
const ALWAYS_INLINE = 1024;
const ALIGNMENT = 64;
/** IR version 10 (ONNX 1.16) is the first that holds 4-bit types and the newest older readers accept. */
const IR_VERSION = 10;

interface Place {
  readonly path: string;
  readonly offset: number;
}

/** Writes the files of a graph, weight by weight. A RangeError when there is no memory for them. */
export async function writeModel(graph: Graph, limits: WriteLimits = WRITE_LIMITS): Promise<OnnxFiles> {
  const total = graph.initializers.reduce((sum, item) => sum + tensorBytes(item.type, item.dims), 0);
  const { places, external } = total <= limits.inlineBytes ? nothingOutside() : await placeOutside(graph, limits);
  const inside = await fillInside(graph, places);
  const writer = protobuf.Writer.create();
  writer.uint32(tag(MODEL.irVersion, 0)).int64(IR_VERSION);
  writer.uint32(tag(MODEL.producerName, 2)).string('fleetmark');
  message(writer, MODEL.graph, () => writeGraph(writer, graph, places, inside));
  for (const [domain, version] of Object.entries(graph.opsets)) {
    message(writer, MODEL.opsetImport, () => {
      writer.uint32(tag(OPSET.domain, 2)).string(domain);
      writer.uint32(tag(OPSET.version, 0)).int64(version);
    });
  }
  return { model: writer.finish(), external };
}

function nothingOutside(): { places: Map<string, Place>; external: ExternalFile[] } {
  return { places: new Map(), external: [] };
}

/** Lays the weights out in external files and fills them. */
async function placeOutside(
  graph: Graph,
  limits: WriteLimits,
): Promise<{ places: Map<string, Place>; external: ExternalFile[] }> {
  const files: { path: string; bytes: number; tensors: { tensor: Initializer; offset: number }[] }[] = [];
  const places = new Map<string, Place>();
  for (const tensor of graph.initializers) {
    const bytes = tensorBytes(tensor.type, tensor.dims);
    if (bytes < ALWAYS_INLINE) continue;
    let file = files.at(-1);
    if (!file || file.bytes + bytes > limits.externalFileBytes) {
      file = { path: `${graph.name}.${files.length}.onnx_data`, bytes: 0, tensors: [] };
      files.push(file);
    }
    places.set(tensor.name, { path: file.path, offset: file.bytes });
    file.tensors.push({ tensor, offset: file.bytes });
    file.bytes = Math.ceil((file.bytes + bytes) / ALIGNMENT) * ALIGNMENT;
  }
  const external: ExternalFile[] = [];
  for (const { path, bytes, tensors } of files) {
    const data = allocate(path, bytes);
    for (const { tensor, offset } of tensors) {
      await tensor.fill(data.subarray(offset, offset + tensorBytes(tensor.type, tensor.dims)));
    }
    external.push({ path, data });
  }
  return { places, external };
}

/** The bytes of every weight that is not placed outside, by name. */
async function fillInside(graph: Graph, places: ReadonlyMap<string, Place>): Promise<Map<string, Uint8Array>> {
  const inside = new Map<string, Uint8Array>();
  for (const tensor of graph.initializers) {
    if (places.has(tensor.name)) continue;
    const data = new Uint8Array(tensorBytes(tensor.type, tensor.dims));
    await tensor.fill(data);
    inside.set(tensor.name, data);
  }
  return inside;
}

/** A RangeError says how many bytes this environment would not give. */
function allocate(path: string, bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch {
    throw new RangeError(`${path}: ${bytes} bytes of weights could not be allocated`);
  }
}

function tag(field: number, wireType: 0 | 2 | 5): number {
  return (field << 3) | wireType;
}

/** Writes a length-delimited message whose fields `body` writes. */
function message(writer: Writer, field: number, body: () => void): void {
  writer.uint32(tag(field, 2)).fork();
  body();
  writer.ldelim();
}

function writeGraph(
  writer: Writer,
  graph: Graph,
  places: ReadonlyMap<string, Place>,
  inside: ReadonlyMap<string, Uint8Array>,
): void {
  for (const node of graph.nodes) message(writer, GRAPH.node, () => writeNode(writer, node));
  writer.uint32(tag(GRAPH.name, 2)).string(graph.name);
  for (const tensor of graph.initializers) {
    message(writer, GRAPH.initializer, () =>
      writeTensor(writer, tensor, inside.get(tensor.name) ?? places.get(tensor.name)!),
    );
  }
  for (const value of graph.inputs) message(writer, GRAPH.input, () => writeValueInfo(writer, value));
  for (const value of graph.outputs) message(writer, GRAPH.output, () => writeValueInfo(writer, value));
}

function writeNode(writer: Writer, node: GraphNode): void {
  for (const input of node.inputs) writer.uint32(tag(NODE.input, 2)).string(input);
  for (const output of node.outputs) writer.uint32(tag(NODE.output, 2)).string(output);
  writer.uint32(tag(NODE.name, 2)).string(node.name);
  writer.uint32(tag(NODE.opType, 2)).string(node.op);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, NODE.attribute, () => writeAttribute(writer, name, value));
  }
  if (node.domain !== '') writer.uint32(tag(NODE.domain, 2)).string(node.domain);
}

function writeAttribute(writer: Writer, name: string, value: AttributeValue): void {
  writer.uint32(tag(ATTRIBUTE.name, 2)).string(name);
  const typed = (type: number): Writer => writer.uint32(tag(ATTRIBUTE.type, 0)).int32(type);
  if ('float' in value) {
    writer.uint32(tag(ATTRIBUTE.float, 5)).float(value.float);
    typed(ATTRIBUTE_TYPE.float);
  } else if ('int' in value) {
    writer.uint32(tag(ATTRIBUTE.int, 0)).int64(value.int);
    typed(ATTRIBUTE_TYPE.int);
  } else {
    for (const item of value.ints) writer.uint32(tag(ATTRIBUTE.ints, 0)).int64(item);
    typed(ATTRIBUTE_TYPE.ints);
  }
}

/** `at`: the weight's bytes, or where they lie outside. */
function writeTensor(writer: Writer, tensor: Initializer, at: Uint8Array | Place): void {
  for (const dim of tensor.dims) writer.uint32(tag(TENSOR.dims, 0)).int64(dim);
  writer.uint32(tag(TENSOR.dataType, 0)).int32(ELEMENT_TYPES[tensor.type].id);
  writer.uint32(tag(TENSOR.name, 2)).string(tensor.name);
  if (at instanceof Uint8Array) {
    writer.uint32(tag(TENSOR.rawData, 2)).bytes(at);
    return;
  }
  const entries = {
    location: at.path,
    offset: String(at.offset),
    length: String(tensorBytes(tensor.type, tensor.dims)),
  };
  for (const [key, value] of Object.entries(entries)) {
    message(writer, TENSOR.externalData, () => {
      writer.uint32(tag(ENTRY.key, 2)).string(key);
      writer.uint32(tag(ENTRY.value, 2)).string(value);
    });
  }
  writer.uint32(tag(TENSOR.dataLocation, 0)).int32(EXTERNAL);
}

function writeValueInfo(writer: Writer, value: ValueInfo): void {
  writer.uint32(tag(VALUE_INFO.name, 2)).string(value.name);
  message(writer, VALUE_INFO.type, () =>
    message(writer, TYPE.tensor, () => {
      writer.uint32(tag(TENSOR_TYPE.elementType, 0)).int32(ELEMENT_TYPES[value.type].id);
      message(writer, TENSOR_TYPE.shape, () => {
        for (const dim of value.dims) {
          message(writer, SHAPE.dim, () => {
            if (typeof dim === 'number') writer.uint32(tag(DIM.value, 0)).int64(dim);
            else writer.uint32(tag(DIM.param, 2)).string(dim);
          });
        }
      });
    }),
  );
}
