// Collects nodes, weights and constants of a graph under construction; constants of one name are kept once.
// Knows no model.

import { halfFromNumber } from '../../src/core/half.ts';
import { type ElementType, elementCount } from './proto.ts';
import type { AttributeValue, Graph, GraphNode, Initializer, ValueInfo } from './writer.ts';

/** Domain of onnxruntime's own operators. */
export const MICROSOFT = 'com.microsoft';

type Attributes = Readonly<Record<string, AttributeValue>>;

export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly initializers = new Map<string, Initializer>();
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];
  private readonly name: string;
  private readonly opset: number;

  constructor(name: string, opset: number) {
    this.name = name;
    this.opset = opset;
  }

  input(name: string, type: ElementType, dims: ValueInfo['dims']): void {
    this.inputs.push({ name, type, dims });
  }

  output(name: string, type: ElementType, dims: ValueInfo['dims']): void {
    this.outputs.push({ name, type, dims });
  }

  /** Adds a node of one output, named after the node; returns that name. */
  node(name: string, op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return this.nodeWithOutputs(name, op, inputs, [`${name}_output_0`], attributes, domain);
  }

  /** Adds a node with the given outputs; returns the first. */
  nodeWithOutputs(
    name: string,
    op: string,
    inputs: readonly string[],
    outputs: readonly [string, ...string[]],
    attributes: Attributes = {},
    domain = '',
  ): string {
    this.nodes.push({ name, op, domain, inputs, outputs, attributes });
    return outputs[0];
  }

  /** Gives the value that the last node made its final name, that of a graph output. */
  rename(from: string, to: string): void {
    const last = this.nodes.pop();
    if (!last || last.outputs[0] !== from) throw new Error(`${from} is not the output of the last node`);
    this.nodes.push({ ...last, outputs: [to] });
  }

  reshape(name: string, input: string, shape: readonly number[]): string {
    return this.node(name, 'Reshape', [input, this.int64(`shape_${shape.join('_')}`, shape)]);
  }

  cast(name: string, input: string, to: 'float32' | 'float16' | 'int32'): string {
    const id = { float32: 1, int32: 6, float16: 10 }[to];
    return this.node(name, 'Cast', [input], { to: { int: id } });
  }

  initializer(tensor: Initializer): string {
    if (!this.initializers.has(tensor.name)) this.initializers.set(tensor.name, tensor);
    return tensor.name;
  }

  float32(name: string, value: number): string {
    return this.constant(name, 'float32', [], [value]);
  }

  /** A list of int64, or a scalar with `dims` empty. */
  int64(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant(name, 'int64', dims, values);
  }

  constant(name: string, type: ElementType, dims: readonly number[], values: ArrayLike<number>): string {
    if (elementCount(dims) !== values.length) throw new Error(`${name}: ${values.length} values for [${dims}]`);
    const fill = (target: Uint8Array): void => {
      const at = [target.buffer, target.byteOffset, values.length] as const;
      if (type === 'float32') new Float32Array(...at).set(values);
      else if (type === 'float16') new Uint16Array(...at).set(Array.from(values, halfFromNumber));
      else if (type === 'int64') new BigInt64Array(...at).set(Array.from(values, BigInt));
      else throw new Error(`${name}: no constant of type ${type}`);
    };
    return this.initializer({ name, type, dims, fill });
  }

  finish(): Graph {
    return {
      name: this.name,
      opsets: { '': this.opset, [MICROSOFT]: 1 },
      nodes: this.nodes,
      initializers: [...this.initializers.values()],
      inputs: this.inputs,
      outputs: this.outputs,
    };
  }
}
