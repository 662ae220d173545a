// The family `matmul`: C[m][n] = Σ_k A[m][k]·B[k][n], dense row-major f32, any m, n, k ≥ 1. Knows no GPU object.
// flops = 2·m·n·k; bytes = 4·(m·k + k·n + m·n), each matrix once.
import type { Params } from '../../src/core/case-id.ts';
import { uniformSigned } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams, requireAddressable, size } from '../common/params.ts';
import { dotTolerance } from '../common/tolerance.ts';
import { defineVariant } from '../common/variant.ts';
import type { Constant, DeviceCaps, HostArray, KernelFamily, KernelPlan } from '../family.ts';
import { matmulCases } from './cases.ts';
import denseScalar from './dense-scalar.wgsl?raw';
import denseVec4 from './dense-vec4.wgsl?raw';
import direct from './direct.wgsl?raw';
import naive from './naive.wgsl?raw';
import register from './register.wgsl?raw';
import tileOrder from './tile-order.wgsl?raw';
import tiled from './tiled.wgsl?raw';

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Reads m, n, k and type; each product must fit one buffer. */
function readShape(params: Params): Shape {
  const { m, n, k } = readParams('matmul', params, {
    m: size(),
    n: size(),
    k: size(),
    type: { kind: 'choice', choices: ['f32'] },
  });
  requireAddressable('matmul', { m, k });
  requireAddressable('matmul', { k, n });
  requireAddressable('matmul', { m, n });
  return { m, n, k };
}

/** Workgroups a shader is launched with, and the constants it needs besides the shape and the grid. */
interface Geometry {
  readonly groups: number;
  readonly constants?: Readonly<Record<string, Constant>>;
}

function plan(shape: Shape, variant: string, source: string, geometry: Geometry, caps: DeviceCaps): KernelPlan {
  const { m, n, k } = shape;
  const grid = foldGrid(geometry.groups, caps);
  const shader = {
    label: `matmul/${variant} m=${m} n=${n} k=${k}`,
    source,
    constants: { M: m, N: n, K: k, ...geometry.constants, ...grid.constants },
  };
  return {
    buffers: [
      { name: 'a', role: 'input', bytes: 4 * m * k, fill: uniformSigned(m * k) },
      { name: 'b', role: 'input', bytes: 4 * k * n, fill: uniformSigned(k * n) },
      { name: 'c', role: 'output', bytes: 4 * m * n },
    ],
    dispatches: [{ shader, bindings: ['a', 'b', 'c'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'c',
        length: m * n,
        reference: (inputs, indices) => referenceMatmul(inputs.a!, inputs.b!, shape, indices),
        flopsPerElement: 2 * k,
        tolerance: dotTolerance(k),
      },
    ],
    flops: 2 * m * n * k,
    bytes: 4 * (m * k + k * n + m * n),
  };
}

/** C at the given row-major indices, in f64. */
export function referenceMatmul(a: HostArray, b: HostArray, { n, k }: Shape, indices: Uint32Array): Float64Array {
  return Float64Array.from(indices, (index) => {
    const [row, col] = [Math.floor(index / n), index % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a[row * k + i]! * b[i * n + col]!;
    return sum;
  });
}

/** Depth of the slices `register` moves through workgroup memory. */
const SLICE = 16;
/** Workgroups of the large tile below which some of a large GPU's ~130 multiprocessors would have none. */
const ENOUGH_LARGE_TILES = 128;

interface Threads {
  readonly wx: number;
  readonly wy: number;
}

/** 128 × 128 elements with 256 threads where there are enough such tiles and the device allows it, else 64 × 64 with 64. */
export function registerThreads({ m, n }: Shape, caps: DeviceCaps): Threads {
  const large = { wx: 16, wy: 16 };
  const fits =
    caps.maxComputeInvocationsPerWorkgroup >= 256 && caps.maxComputeWorkgroupStorageSize >= workgroupBytes(large);
  return fits && Math.ceil(m / 128) * Math.ceil(n / 128) >= ENOUGH_LARGE_TILES ? large : { wx: 8, wy: 8 };
}

function workgroupBytes({ wx, wy }: Threads): number {
  return 4 * SLICE * 8 * (wx + wy);
}

/** One workgroup per tile of `rows` × `cols` elements of C. */
function tiles({ m, n }: Shape, rows: number, cols: number): Geometry {
  const [tilesM, tilesN] = [Math.ceil(m / rows), Math.ceil(n / cols)];
  return { groups: tilesM * tilesN, constants: { TILES_M: tilesM, TILES_N: tilesN } };
}

/** Tiles of 8 × 8 elements per thread. */
function blocks(shape: Shape, { wx, wy }: Threads): Geometry {
  const { groups, constants } = tiles(shape, 8 * wy, 8 * wx);
  return { groups, constants: { ...constants, WX: wx, WY: wy } };
}

/** A kernel over loadA, loadB and storeC, joined with the access that suits the shape. */
function joined({ n, k }: Shape, body: string): string {
  return [n % 4 === 0 && k % 4 === 0 ? denseVec4 : denseScalar, tileOrder, body].join('\n');
}

export const matmul: KernelFamily = {
  name: 'matmul',
  summary: 'dense f32 matrix product C = A·B',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread an element, everything from global memory',
      read: readShape,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, 'naive', naive, { groups: Math.ceil((shape.m * shape.n) / 64) }, caps),
    }),
    defineVariant({
      name: 'tiled',
      idea: '16 × 16 tiles through workgroup memory, one thread an element',
      read: readShape,
      needs: () => ({ invocations: 256, workgroupBytes: 2 * 4 * 256 }),
      plan: (shape, caps) => plan(shape, 'tiled', tiled, tiles(shape, 16, 16), caps),
    }),
    defineVariant({
      name: 'register',
      idea: '8 × 8 elements per thread in registers, fed from workgroup memory',
      read: readShape,
      needs: (shape, caps) => {
        const threads = registerThreads(shape, caps);
        return { invocations: threads.wx * threads.wy, workgroupBytes: workgroupBytes(threads) };
      },
      plan: (shape, caps) => {
        const { groups, constants } = blocks(shape, registerThreads(shape, caps));
        return plan(
          shape,
          'register',
          joined(shape, register),
          { groups, constants: { ...constants, BK: SLICE } },
          caps,
        );
      },
    }),
    defineVariant({
      name: 'direct',
      idea: '8 × 8 elements per thread in registers, fed straight from the caches',
      read: readShape,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, 'direct', joined(shape, direct), blocks(shape, { wx: 8, wy: 8 }), caps),
    }),
  ],
  cases: matmulCases,
};
