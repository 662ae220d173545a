// What every matmul variant shares: the problem's parameters, its buffers and their seeded contents, cost and f64 reference.
// C[m][n] = Σ_k A[m][k]·B[k][n], row-major, f32 accumulation and f32 C. Knows no shader.
import type { Params } from '../../src/core/case-id.ts';
import { dequantised, quantisedBytes } from '../../src/core/quantised.ts';
import { uniformSigned } from '../common/fill.ts';
import { halfAt, packHalves } from '../common/halves.ts';
import {
  choice,
  optional,
  type ParamSpec,
  type ReadParams,
  readParams,
  requireAddressable,
  size,
} from '../common/params.ts';
import { quantFill, scaleFill } from '../common/quantised-fill.ts';
import { dotTolerance } from '../common/tolerance.ts';
import type { BufferPlan, HostArray, OutputCheck } from '../family.ts';

/** f32 and f16: A and B; int8 and int4: B alone, as the blocks of src/core/quantised.ts with A in f32. */
export const TYPES = ['f32', 'f16', 'int8', 'int4'] as const;
export type ElementType = (typeof TYPES)[number];

export interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export interface Problem extends Shape {
  readonly type: ElementType;
  /** How f16 is read: through `shader-f16`, unpacked from words, or whichever the device allows. */
  readonly half: 'auto' | 'native' | 'packed';
}

/** Reads m, n, k, type (and `half` of f16) and a variant's tunables; each product must fit one buffer. */
export function readProblem<S extends Record<string, ParamSpec>>(params: Params, tunables: S) {
  const half = params.type === 'f16' && { half: optional(choice('auto', 'native', 'packed'), 'auto') };
  const shape = { m: size(), n: size(), k: size(), type: choice(...TYPES) };
  const read = { half: 'auto', ...readParams('matmul', params, { ...shape, ...half, ...tunables }) };
  const problem = read as unknown as Problem & ReadParams<S>;
  const { m, n, k } = problem;
  requireAddressable('matmul', { m, k });
  requireAddressable('matmul', { k, n });
  requireAddressable('matmul', { m, n });
  return problem;
}

/** Half of a tile's work must not fall past the edge: the smallest power of two that holds `length`, at most `most`. */
export function powerUpTo(length: number, most: number): number {
  return Math.min(most, 2 ** Math.ceil(Math.log2(length)));
}

/** Inputs a (and b, or quants and scales) and output c. */
export function buffersOf(problem: Problem): BufferPlan[] {
  const { m, n, k, type } = problem;
  return [
    { name: 'c', role: 'output', bytes: 4 * m * n },
    dense('a', m * k, type === 'f16'),
    ...(type === 'f32' || type === 'f16'
      ? [{ ...dense('b', k * n, type === 'f16'), rotates: true }]
      : quantisedBuffers(type, n, k)),
  ];
}

function dense(name: string, count: number, isHalf: boolean): BufferPlan {
  const values = uniformSigned(count);
  return isHalf
    ? { name, role: 'input', bytes: 4 * Math.ceil(count / 2), fill: (rng) => packHalves(values(rng)) }
    : { name, role: 'input', bytes: 4 * count, fill: values };
}

function quantisedBuffers(type: 'int8' | 'int4', n: number, k: number): BufferPlan[] {
  const bytes = quantisedBytes(type, n, k);
  return [
    { name: 'quants', role: 'input', bytes: bytes.quants, fill: quantFill(type, n, k), rotates: true },
    { name: 'scales', role: 'input', bytes: bytes.scales, fill: scaleFill(type, n, k), rotates: true },
  ];
}

/** Bytes of all inputs and outputs, each once. */
export function heldBytes(buffers: readonly BufferPlan[]): number {
  return buffers.reduce((sum, { role, bytes }) => sum + (role === 'scratch' ? 0 : bytes), 0);
}

export function checkOf(problem: Problem): OutputCheck {
  const { m, n, k, type } = problem;
  return {
    buffer: 'c',
    length: m * n,
    reference: (inputs, indices) => referenceMatmul(inputs, problem, indices),
    // Unpacking an element costs JavaScript a few times what its multiply-add does.
    flopsPerElement: 2 * k * (type === 'f32' ? 1 : 4),
    tolerance: dotTolerance(k),
  };
}

/** C at the given row-major indices, in f64, from the numbers the buffers stand for. */
export function referenceMatmul(
  inputs: Readonly<Record<string, HostArray>>,
  { n, k, type }: Pick<Problem, 'n' | 'k' | 'type'>,
  indices: Uint32Array,
): Float64Array {
  const a = inputs.a!;
  const readA = type === 'f16' ? (i: number) => halfAt(a, i) : (i: number) => a[i]!;
  const readB = readerOfB(inputs, n, k, type);
  return Float64Array.from(indices, (index) => {
    const [row, col] = [Math.floor(index / n), index % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += readA(row * k + i) * readB(i, col);
    return sum;
  });
}

function readerOfB(
  inputs: Readonly<Record<string, HostArray>>,
  n: number,
  k: number,
  type: ElementType,
): (k: number, col: number) => number {
  if (type === 'f32') return (i, col) => inputs.b![i * n + col]!;
  if (type === 'f16') return (i, col) => halfAt(inputs.b!, i * n + col);
  const [quants, scales] = [inputs.quants, inputs.scales] as Uint32Array<ArrayBuffer>[];
  const weights = { type, rows: n, k, quants: quants!, scales: scales! };
  return (i, col) => dequantised(weights, col, i);
}
