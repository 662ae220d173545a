// MatMul and MatMulInteger as calls of our matmul, one a matrix of the batch. Knows no GPU object.
import { elementCount } from '../../../models/onnx/proto.ts';
import {
  floatInput,
  floats,
  type MappedNode,
  type NodeProblem,
  type NodeTensor,
  NotCovered,
  refuseInputsFrom,
  resultLike,
} from './kernel-call.ts';

export function mapMatmul(node: NodeProblem): MappedNode {
  const [a, b] = [floatInput(node, 0), floatInput(node, 1)];
  refuseInputsFrom(node, 2);
  const { calls, dims, join } = product({ ...a, values: floats(a) }, { ...b, values: floats(b) });
  return { calls, results: (outputs) => [resultLike(a, dims, join(outputs))] };
}

/** f32 holds every whole number up to this. */
const EXACT = 2 ** 24;

/** Integers less their zero points, multiplied in f32, which is exact while no sum passes 2²⁴. */
export function mapMatmulInteger(node: NodeProblem): MappedNode {
  const [a, b, aZero, bZero] = node.inputs;
  if (!a || !b) throw new NotCovered('MatMulInteger without both matrices');
  const shifted = (tensor: NodeTensor, zero: NodeTensor | null | undefined): NodeTensor => {
    if (zero && zero.values.length !== 1) throw new NotCovered('MatMulInteger with a zero point a row or column');
    const origin = zero?.values[0] ?? 0;
    return { ...tensor, values: Float32Array.from(tensor.values, (value) => value - origin) };
  };
  const { calls, dims, join } = product(shifted(a, aZero), shifted(b, bZero));
  if (a.dims.at(-1)! * 255 ** 2 >= EXACT) throw new NotCovered('MatMulInteger whose sums may not be exact in f32');
  return {
    calls,
    results: (outputs) => [{ name: '', type: 'int32', dims, values: join(outputs) }],
    note: 'zero points taken off first, products exact in f32',
  };
}

/** Batch dimensions must be equal; a single matrix serves a whole batch. */
function product(a: NodeTensor, b: NodeTensor) {
  if (a.dims.length < 2 || b.dims.length < 2) throw new NotCovered('MatMul of a vector');
  const [m, k, n] = [a.dims.at(-2)!, a.dims.at(-1)!, b.dims.at(-1)!];
  const [batchA, batchB] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  const [countA, countB] = [elementCount(batchA), elementCount(batchB)];
  if (countA !== 1 && countB !== 1 && batchA.join() !== batchB.join()) throw new NotCovered('MatMul that broadcasts');
  const batch = countA >= countB ? batchA : batchB;
  const matrix = ({ values }: NodeTensor, count: number, i: number, size: number): Float32Array => {
    const at = (count === 1 ? 0 : i) * size;
    return Float32Array.from({ length: size }, (_, j) => values[at + j]!);
  };
  return {
    dims: [...batch, m, n],
    calls: Array.from({ length: Math.max(countA, countB) }, (_, i) => ({
      family: 'matmul',
      params: { m, n, k, type: 'f32' },
      inputs: { a: matrix(a, countA, i, m * k), b: matrix(b, countB, i, k * n) },
      output: 'c',
    })),
    join: (outputs: readonly Float32Array[]): Float32Array =>
      Float32Array.from(outputs.flatMap((values) => Array.from(values))),
  };
}
