// The matmul variant on integer dot products: int8 or int4 weights times activations quantised to int8 on the way in, and
// type=i8, int8 times int8 to i32, whose sums are exact.
import type { Params } from '../../src/core/case-id.ts';
import { BLOCK, blocksPerRow, quantisedBytes } from '../../src/core/quantised.ts';
import type { Rng } from '../../src/core/rng.ts';
import { foldGrid } from '../common/grid.ts';
import { choice, optional, readParams, requireAddressable, size } from '../common/params.ts';
import quantisedCommon from '../common/quantised.wgsl?raw';
import { quantFill } from '../common/quantised-fill.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type { BufferPlan, DeviceCaps, DispatchPlan, HostArray, KernelPlan, KernelVariant } from '../family.ts';
import aScalars from './a-scalars.wgsl?raw';
import aVectors from './a-vectors.wgsl?raw';
import dp4aSource from './dp4a.wgsl?raw';
import exact from './dp4a-exact.wgsl?raw';
import int4 from './dp4a-int4.wgsl?raw';
import int8 from './dp4a-int8.wgsl?raw';
import scaled from './dp4a-scaled.wgsl?raw';
import elementsF32 from './elements-f32.wgsl?raw';
import elementsPlain from './elements-plain.wgsl?raw';
import { tileOrder, tilesOf } from './plan.ts';
import { buffersOf, checkOf, heldBytes, powerUpTo, type Shape } from './problem.ts';
import quantiseRows from './quantise-rows.wgsl?raw';

const THREADS = 64;
/** Σ of so many products of at most 2¹⁴ stays below 2³¹. */
const MOST_EXACT = 2 ** 16;

interface Dp4a extends Shape {
  readonly type: 'int8' | 'int4' | 'i8';
  readonly rows: number;
  readonly cols: number;
}

function readDp4a(params: Params): Dp4a {
  const read = readParams('matmul', params, {
    m: size(),
    n: size(),
    k: size(params.type === 'i8' ? MOST_EXACT : undefined),
    type: choice('int8', 'int4', 'i8'),
    rows: optional(size(8), powerUpTo(Number(params.m), 4)),
    cols: optional(size(8), 4),
  });
  const { m, n, k } = read;
  requireAddressable('matmul', { m, k });
  requireAddressable('matmul', { k, n });
  requireAddressable('matmul', { m, n });
  return { ...read, type: read.type as Dp4a['type'] };
}

function productOf(problem: Dp4a, caps: DeviceCaps): DispatchPlan {
  const { m, n, k, type, rows, cols } = problem;
  const wy = powerUpTo(Math.ceil(m / rows), 8);
  const counts = { ROWS: rows, COLS: cols };
  const { groups, constants } = tilesOf(problem, rows * wy, (cols * THREADS) / wy);
  const grid = foldGrid(groups, caps);
  const scales = type === 'i8' ? [exact] : [quantisedCommon, scaled];
  return {
    shader: {
      label: `matmul/dp4a m=${m} n=${n} k=${k} ${type}`,
      source: [...scales, type === 'int4' ? int4 : int8, tileOrder, unroll(dp4aSource, counts)].join('\n'),
      constants: { M: m, N: n, K: k, ...constants, ...counts, WX: THREADS / wy, WY: wy, ...grid.constants },
    },
    bindings: type === 'i8' ? ['c', 'a', 'quants'] : ['c', 'aq', 'quants', 'ascales', 'scales'],
    workgroups: grid.workgroups,
  };
}

/** The pass that quantises A. */
function quantiseA({ m, k, type }: Dp4a, caps: DeviceCaps): DispatchPlan {
  const grid = foldGrid(Math.ceil((m * blocksPerRow(k)) / 64), caps);
  const access = k % 4 === 0 ? aVectors : aScalars;
  return {
    shader: {
      label: `matmul/dp4a quantise m=${m} k=${k} ${type}`,
      source: [elementsF32, elementsPlain, access, quantiseRows].join('\n'),
      constants: { M: m, K: k, ...grid.constants },
    },
    bindings: ['aq', 'a', 'ascales'],
    workgroups: grid.workgroups,
  };
}

/**
 * A whose blocks of 32 hold whole numbers −127 … 127 times one power of two, ±127 among them: quantising loses nothing, so
 * the f64 reference of the product holds to f32 rounding.
 */
function gridFill(rows: number, k: number): (rng: Rng) => Float32Array<ArrayBuffer> {
  return (rng) => {
    const values = new Float32Array(rows * k);
    for (let row = 0; row < rows; row++) {
      for (let first = 0; first < k; first += BLOCK) {
        const step = 2 ** -Math.floor(7 + 3 * rng.uniform());
        const count = Math.min(BLOCK, k - first);
        for (let i = 0; i < count; i++) values[row * k + first + i] = (Math.floor(rng.uniform() * 255) - 127) * step;
        values[row * k + first + Math.floor(rng.uniform() * count)] = (rng.uniform() < 0.5 ? 127 : -127) * step;
      }
    }
    return values;
  };
}

function planQuantised(problem: Dp4a & { type: 'int8' | 'int4' }, caps: DeviceCaps): KernelPlan {
  const { m, n, k } = problem;
  const held = buffersOf({ ...problem, half: 'auto' }).map((buffer) =>
    buffer.name === 'a' ? { ...buffer, fill: gridFill(m, k) } : buffer,
  );
  const blocks = m * blocksPerRow(k);
  return {
    buffers: [
      ...held,
      { name: 'aq', role: 'scratch', bytes: BLOCK * blocks },
      { name: 'ascales', role: 'scratch', bytes: 4 * blocks },
    ],
    dispatches: [quantiseA(problem, caps), productOf(problem, caps)],
    checks: [checkOf({ ...problem, half: 'auto' })],
    flops: 2 * m * n * k,
    arithmetic: 'int8',
    bytes: heldBytes(held),
  };
}

function planExact(problem: Dp4a, caps: DeviceCaps): KernelPlan {
  const { m, n, k } = problem;
  const int8Matrix = (name: string, rows: number): BufferPlan => ({
    name,
    role: 'input',
    bytes: quantisedBytes('int8', rows, k).quants,
    fill: quantFill('int8', rows, k),
  });
  const buffers: BufferPlan[] = [
    { name: 'c', role: 'output', bytes: 4 * m * n },
    int8Matrix('a', m),
    { ...int8Matrix('quants', n), rotates: true },
  ];
  return {
    buffers,
    dispatches: [productOf(problem, caps)],
    checks: [
      {
        buffer: 'c',
        length: m * n,
        format: 'i32',
        reference: (inputs, indices) => integerProduct(inputs.a!, inputs.quants!, problem, indices),
        flopsPerElement: 8 * k,
        tolerance: { nmse: 0, absolute: 0 },
      },
    ],
    flops: 2 * m * n * k,
    arithmetic: 'int8',
    bytes: heldBytes(buffers),
  };
}

/** Σ_k a[row][k]·w[col][k] over int8 in rows of whole blocks, at row-major indices of C. */
export function integerProduct(a: HostArray, w: HostArray, { n, k }: Shape, indices: Uint32Array): Float64Array {
  const width = BLOCK * blocksPerRow(k);
  const [left, right] = [a, w].map((words) => new Int8Array(words.buffer, words.byteOffset, words.byteLength)) as [
    Int8Array,
    Int8Array,
  ];
  return Float64Array.from(indices, (index) => {
    const [row, col] = [Math.floor(index / n) * width, (index % n) * width];
    let sum = 0;
    for (let i = 0; i < width; i++) sum += left[row + i]! * right[col + i]!;
    return sum;
  });
}

export const dp4a: KernelVariant = defineVariant({
  name: 'dp4a',
  idea: 'four int8 products an instruction, activations quantised in blocks of 32',
  read: readDp4a,
  needs: () => ({ invocations: THREADS, languages: ['packed_4x8_integer_dot_product'] }),
  plan: (problem, caps) =>
    problem.type === 'i8' ? planExact(problem, caps) : planQuantised({ ...problem, type: problem.type }, caps),
  tuning: ({ m }) =>
    [
      [8, 4],
      [4, 8],
      [2, 4],
      [4, 2],
    ]
      .filter(([rows]) => rows! < 2 * m)
      .map(([rows, cols]) => ({ rows: rows!, cols: cols! })),
});
