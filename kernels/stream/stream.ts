// The family `stream`: how many bytes a second memory gives, reading only and copying. One axis of the local roofline.
// `bytes` is the length of the source. read: bytes moved = bytes + 4 per thread's partial sum, flops = one addition a
// float; copy: bytes moved = 2·bytes, flops = 0. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { uniformSigned } from '../common/fill.ts';
import { type FoldedGrid, foldGrid } from '../common/grid.ts';
import { readParams } from '../common/params.ts';
import { dotTolerance } from '../common/tolerance.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, DispatchPlan, HostArray, KernelFamily, KernelPlan, Tolerance } from '../family.ts';
import copySource from './copy.wgsl?raw';
import readSource from './read.wgsl?raw';

const MIB = 2 ** 20;
const THREADS = 256;
/** vec4f a thread handles: the partial sums `read` writes are then 1/64 of what it reads. */
const PER_THREAD = 16;

function readBytes(params: Params): number {
  // Up to 2 GiB: what a Float32Array holds in every browser.
  return readParams('stream', params, {
    bytes: { kind: 'integer', min: 16, max: 2 ** 31, multipleOf: 16 },
  }).bytes;
}

interface Launch {
  readonly grid: FoldedGrid;
  readonly dispatch: DispatchPlan;
}

function launch(bytes: number, name: string, source: string, target: string, caps: DeviceCaps): Launch {
  const vectors = bytes / 16;
  const grid = foldGrid(Math.ceil(vectors / (THREADS * PER_THREAD)), caps);
  const shader = {
    label: `stream/${name} bytes=${bytes}`,
    source,
    constants: { VECTORS: vectors, PER_THREAD, ...grid.constants },
  };
  return { grid, dispatch: { shader, bindings: ['source', target], workgroups: grid.workgroups } };
}

function planRead(bytes: number, caps: DeviceCaps): KernelPlan {
  const { grid, dispatch } = launch(bytes, 'read', readSource, 'sums', caps);
  const length = grid.constants.GROUPS * THREADS;
  return {
    buffers: [
      { name: 'source', role: 'input', bytes, fill: uniformSigned(bytes / 4) },
      { name: 'sums', role: 'output', bytes: 4 * length },
    ],
    dispatches: [dispatch],
    checks: [
      {
        buffer: 'sums',
        length,
        reference: (inputs, indices) => partialSums(inputs.source!, indices),
        flopsPerElement: 4 * PER_THREAD,
        tolerance: dotTolerance(4 * PER_THREAD),
      },
    ],
    flops: bytes / 4,
    bytes: bytes + 4 * length,
  };
}

/** What thread `index` of `read` sums, in f64; elements past the end count nothing. */
export function partialSums(source: HostArray, indices: Uint32Array): Float64Array {
  return Float64Array.from(indices, (index) => {
    const [group, local] = [Math.floor(index / THREADS), index % THREADS];
    let sum = 0;
    for (let i = 0; i < PER_THREAD; i++) {
      const at = 4 * ((group * PER_THREAD + i) * THREADS + local);
      for (let j = at; j < at + 4; j++) sum += source[j] ?? 0;
    }
    return sum;
  });
}

/** A copy is exact. */
const EXACT: Tolerance = { nmse: 0, absolute: 0 };

function planCopy(bytes: number, caps: DeviceCaps): KernelPlan {
  const { dispatch } = launch(bytes, 'copy', copySource, 'destination', caps);
  return {
    buffers: [
      { name: 'source', role: 'input', bytes, fill: uniformSigned(bytes / 4) },
      { name: 'destination', role: 'output', bytes },
    ],
    dispatches: [dispatch],
    checks: [
      {
        buffer: 'destination',
        length: bytes / 4,
        reference: (inputs, indices) => Float64Array.from(indices, (index) => inputs.source![index]!),
        flopsPerElement: 1,
        tolerance: EXACT,
      },
    ],
    flops: 0,
    bytes: 2 * bytes,
  };
}

export const stream: KernelFamily = {
  name: 'stream',
  summary: 'memory bandwidth: the bytes-per-second axis of the roofline',
  variants: [
    defineVariant({
      name: 'read',
      idea: 'reads everything once, writes one sum per thread',
      read: readBytes,
      needs: () => ({ invocations: THREADS }),
      plan: planRead,
    }),
    defineVariant({
      name: 'copy',
      idea: 'reads everything once and writes it back elsewhere',
      read: readBytes,
      needs: () => ({ invocations: THREADS }),
      plan: planCopy,
    }),
  ],
  cases: [
    // So short that its time is the cost of a dispatch: the fleet's device model takes its overhead term from here.
    { variants: ['read'], params: { bytes: 4096 }, suites: ['smoke', 'default', 'full'] },
    { variants: ['read'], params: { bytes: 16 * MIB }, suites: ['smoke', 'default', 'full'] },
    { variants: ['copy'], params: { bytes: 16 * MIB }, suites: ['full'] },
    { variants: ['read', 'copy'], params: { bytes: 64 * MIB }, suites: ['default', 'full'] },
    // Past every cache of a GPU sold today (a desktop part has up to 128 MiB).
    { variants: ['read'], params: { bytes: 256 * MIB }, suites: ['smoke', 'default', 'full'] },
    { variants: ['copy'], params: { bytes: 256 * MIB }, suites: ['full'] },
    { variants: ['read', 'copy'], params: { bytes: 1024 * MIB }, suites: ['full'] },
  ],
};
