// Reads the nodes of a model's main graph with their attributes, for a caller that computes them itself.
import { eachField, type Fields, openReader } from './fields.ts';
import { ATTRIBUTE, GRAPH, MODEL, NODE } from './proto.ts';

export interface OnnxNode {
  readonly op: string;
  /** '' for ONNX's own. */
  readonly domain: string;
  /** Names of values; '' where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers and lists of whole numbers; an attribute of any other type is null. */
  readonly attributes: Readonly<Record<string, number | readonly number[] | null>>;
}

/** In graph order. Throws a UserError that names the file where it is not a model. */
export function readNodes(bytes: Uint8Array, fileName: string): OnnxNode[] {
  const nodes: OnnxNode[] = [];
  eachField(openReader(bytes, fileName), (fields) => {
    if (fields.number !== MODEL.graph) return fields.skip();
    fields.message((inner) => (inner.number === GRAPH.node ? nodes.push(readNode(inner)) : inner.skip()));
  });
  return nodes;
}

function readNode(fields: Fields): OnnxNode {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes: Record<string, number | readonly number[] | null> = {};
  let [op, domain] = ['', ''];
  fields.message((inner) => {
    if (inner.number === NODE.input) inputs.push(inner.text());
    else if (inner.number === NODE.output) outputs.push(inner.text());
    else if (inner.number === NODE.opType) op = inner.text();
    else if (inner.number === NODE.domain) domain = inner.text();
    else if (inner.number === NODE.attribute) {
      const [name, value] = readAttribute(inner);
      attributes[name] = value;
    } else inner.skip();
  });
  return { op, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function readAttribute(fields: Fields): [string, number | readonly number[] | null] {
  let name = '';
  let value: number | readonly number[] | null = null;
  const list: number[] = [];
  fields.message((inner) => {
    if (inner.number === ATTRIBUTE.name) name = inner.text();
    else if (inner.number === ATTRIBUTE.float) [value] = inner.floats(4) as [number];
    else if (inner.number === ATTRIBUTE.int) value = inner.int();
    else if (inner.number === ATTRIBUTE.ints) list.push(...inner.ints());
    else inner.skip();
  });
  return [name, list.length > 0 ? list : value];
}
