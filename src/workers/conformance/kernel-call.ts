// An ONNX node as calls of our kernels: what each mapping yields. Knows no operator and no GPU object.
import type { HostArray } from '../../../kernels/family.ts';
import { type ElementType, elementCount } from '../../../models/onnx/proto.ts';
import type { Params } from '../../core/case-id.ts';
import { halfFromNumber, numberFromHalf } from '../../core/half.ts';
import type { NamedValues } from '../../onnx/compare-tensors.ts';

/** An input of a node: every element as a number. */
export interface NodeTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** A node with its inputs in the operator's order; null where an optional one is left out. */
export interface NodeProblem {
  readonly op: string;
  /** Version of ONNX's operator set. */
  readonly opset: number;
  readonly attributes: Readonly<Record<string, number | readonly number[] | null>>;
  readonly inputs: readonly (NodeTensor | null)[];
  /** How many results are asked for. */
  readonly outputs: number;
}

/** One run of one kernel: every variant of the family that takes these parameters is run. */
export interface KernelCall {
  readonly family: string;
  readonly params: Params;
  /** Contents of input buffers by the plan's names; zeros follow where a buffer is longer. */
  readonly inputs: Readonly<Record<string, HostArray>>;
  /** The plan's buffer to read, all f32. */
  readonly output: string;
}

export interface MappedNode {
  readonly calls: readonly KernelCall[];
  /** The node's results from those of the calls, in their order. */
  readonly results: (outputs: readonly Float32Array[]) => NamedValues[];
  /** What the host did besides, in a few words. */
  readonly note?: string;
}

/** The families do not compute this: the case is skipped with the message. */
export class NotCovered extends Error {}

/** The i-th input; throws NotCovered for one that is missing or of a type the kernels do not take. */
export function floatInput({ op, inputs }: NodeProblem, index: number): NodeTensor {
  const tensor = inputs[index];
  if (!tensor) throw new NotCovered(`${op} without input ${index}`);
  if (tensor.type !== 'float32' && tensor.type !== 'float16') throw new NotCovered(`${op} of ${tensor.type}`);
  return tensor;
}

/** Throws NotCovered when an input after `index` is there: it would mean something. */
export function refuseInputsFrom({ op, inputs }: NodeProblem, index: number): void {
  const extra = inputs.findIndex((input, i) => i >= index && input !== null);
  if (extra >= 0) throw new NotCovered(`${op} with input ${extra}`);
}

export function numberAttribute({ attributes }: NodeProblem, name: string, fallback: number): number {
  const value = attributes[name];
  return typeof value === 'number' ? value : fallback;
}

export function floats({ values }: NodeTensor): Float32Array {
  return Float32Array.from(values);
}

/** A result in the type of an input: the kernels compute in f32, f16 is widened before and rounded after. */
export function resultLike({ type }: NodeTensor, dims: readonly number[], values: ArrayLike<number>): NamedValues {
  const rounded =
    type === 'float16' ? Float32Array.from(values, (value) => numberFromHalf(halfFromNumber(value))) : values;
  return { name: '', type, dims, values: rounded };
}

/** Products of the dimensions before `axis`, and from it on. */
export function splitAt(dims: readonly number[], axis: number): [number, number] {
  const at = axis < 0 ? axis + dims.length : axis;
  return [elementCount(dims.slice(0, at)), elementCount(dims.slice(at))];
}

export const WIDENED = 'f16 widened to f32, the result rounded';
