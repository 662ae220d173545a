// What every gemv variant shares: the problem, its buffers, cost and f64 reference. Y[m][n] = Σ_k X[m][k]·W[n][k], f32 X and Y.
// `rows`: W as it stands, row-major f32. `chunks`: W of any type repacked for 16-byte loads, rows padded with zeros to whole
// ones, and X to whole blocks of 32. Knows no shader.
import type { Params } from '../../src/core/case-id.ts';
import { dequantised, quantisedBytes } from '../../src/core/quantised.ts';
import { named, uniformSigned } from '../common/fill.ts';
import { halfAt, packHalves } from '../common/halves.ts';
import { choice, optional, type ParamSpec, readParams, requireAddressable, size } from '../common/params.ts';
import { quantFill, scaleFill } from '../common/quantised-fill.ts';
import { dotTolerance } from '../common/tolerance.ts';
import { CHUNK, chunksPerRow, isQuantised, MATRIX_TYPES, type MatrixType, paddedRow } from '../common/weights.ts';
import type { BufferPlan, HostArray, KernelPlan, Tolerance } from '../family.ts';

export interface Problem {
  /** Rows of X; 1 when a case does not say. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly type: MatrixType;
}

export type Packing = 'rows' | 'chunks';

/** Most rows of X: beyond, a product in tiles (the family matmul) is faster. */
const MOST_ROWS = 8;

export function readProblem<S extends Record<string, ParamSpec>>(params: Params, tunables: S) {
  const shape = {
    m: optional(size(MOST_ROWS), 1),
    n: size(),
    k: size(),
    type: optional(choice(...MATRIX_TYPES), 'f32'),
  };
  const read = readParams('gemv', params, { ...shape, ...tunables });
  requireAddressable('gemv', { n: Number(read.n), k: Number(read.k) });
  return read as typeof read & Problem;
}

/** All of a plan but its dispatches. */
export function problemOf(problem: Problem, packing: Packing): Omit<KernelPlan, 'dispatches'> {
  const { m, n, k, type } = problem;
  const stride = packing === 'rows' ? k : paddedRow(k);
  return {
    buffers: [
      ...weightBuffers(problem, packing),
      { name: 'x', role: 'input', bytes: 4 * m * stride, fill: paddedFill(m, k, stride) },
      { name: 'y', role: 'output', bytes: 4 * m * n },
    ],
    checks: [
      {
        buffer: 'y',
        length: m * n,
        reference: (inputs, indices) => referenceGemv(inputs, problem, packing, indices),
        // Unpacking an element costs JavaScript a few times what its multiply-add does.
        flopsPerElement: 2 * k * (type === 'f32' ? 1 : 4),
        tolerance: toleranceOf(problem),
      },
    ],
    flops: 2 * m * n * k,
    bytes: weightBytes(problem) + 4 * m * (k + n),
  };
}

/** Of W as it is stored, without padding. */
function weightBytes({ n, k, type }: Problem): number {
  if (!isQuantised(type)) return (type === 'f32' ? 4 : 2) * n * k;
  const { quants, scales } = quantisedBytes(type, n, k);
  return quants + scales;
}

/** Quants are a few bits and their sum is taken before the scale: the rounding of a scaled sum comes on top. */
function toleranceOf({ k, type }: Problem): Tolerance {
  const bound = dotTolerance(k);
  return isQuantised(type) ? { ...bound, nmse: Math.max(bound.nmse, 1e-10) } : bound;
}

function weightBuffers({ n, k, type }: Problem, packing: Packing): BufferPlan[] {
  if (isQuantised(type)) {
    const bytes = quantisedBytes(type, n, k);
    return [
      { name: 'w', role: 'input', bytes: bytes.quants, fill: quantFill(type, n, k), rotates: true },
      { name: 'scales', role: 'input', bytes: bytes.scales, fill: scaleFill(type, n, k), rotates: true },
    ];
  }
  const stride = packing === 'rows' ? k : CHUNK[type] * chunksPerRow(type, k);
  const numbers = paddedFill(n, k, stride);
  const fill: BufferPlan['fill'] =
    type === 'f16' ? named(`f16 ${numbers.contents}`, (rng) => packHalves(numbers(rng))) : numbers;
  return [{ name: 'w', role: 'input', bytes: (type === 'f16' ? 2 : 4) * n * stride, fill, rotates: true }];
}

/** Rows of k uniform values, `stride` apart, zeros between. */
function paddedFill(rows: number, k: number, stride: number) {
  const values = uniformSigned(rows * k);
  if (stride === k) return values;
  return named(`padded ${rows} ${k} ${stride}`, (rng) => {
    const [tight, wide] = [values(rng), new Float32Array(rows * stride)];
    for (let row = 0; row < rows; row++) wide.set(tight.subarray(row * k, (row + 1) * k), row * stride);
    return wide;
  });
}

/** Y at the given row-major indices, in f64, from the numbers the buffers stand for. */
export function referenceGemv(
  inputs: Readonly<Record<string, HostArray>>,
  problem: Problem,
  packing: Packing,
  indices: Uint32Array,
): Float64Array {
  const { n, k } = problem;
  const stride = packing === 'rows' ? k : paddedRow(k);
  const weight = weightReader(inputs, problem, packing);
  return Float64Array.from(indices, (index) => {
    const [row, column] = [Math.floor(index / n), index % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += inputs.x![row * stride + i]! * weight(column, i);
    return sum;
  });
}

function weightReader(
  inputs: Readonly<Record<string, HostArray>>,
  { n, k, type }: Problem,
  packing: Packing,
): (row: number, i: number) => number {
  const w = inputs.w!;
  if (isQuantised(type)) {
    const weights = { type, rows: n, k, quants: w, scales: inputs.scales } as Parameters<typeof dequantised>[0];
    return (row, i) => dequantised(weights, row, i);
  }
  const stride = packing === 'rows' ? k : CHUNK[type] * chunksPerRow(type, k);
  return type === 'f16' ? (row, i) => halfAt(w, row * stride + i) : (row, i) => w[row * stride + i]!;
}
