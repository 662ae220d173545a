// The family `stream`: how many bytes a second memory gives, reading only and copying. One axis of the local roofline.
// `bytes` is the length of the source. read: bytes moved = bytes + 4 per thread's partial sum, flops = one addition a
// float; copy: bytes moved = 2·bytes, flops = 0. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import { uniformSigned } from '../common/fill.ts';
import { type FoldedGrid, foldGrid } from '../common/grid.ts';
import { optional, readParams, size } from '../common/params.ts';
import { dotTolerance } from '../common/tolerance.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, DispatchPlan, HostArray, KernelFamily, KernelPlan, Tolerance } from '../family.ts';
import copySource from './copy.wgsl?raw';
import readSource from './read.wgsl?raw';

const MIB = 2 ** 20;
const THREADS = 256;

interface Stream {
  readonly bytes: number;
  /** Bytes of one load: 4, 8 or 16. */
  readonly width: number;
  /** Loads a thread; the partial sums `read` writes are then 1 in perThread·width/4 of what it reads. */
  readonly perThread: number;
  /** Loads a thread issues before it uses the first. */
  readonly flight: number;
}

function readStream(params: Params): Stream {
  // Up to 2 GiB: what a Float32Array holds in every browser.
  const { bytes, width, loads, flight } = readParams('stream', params, {
    bytes: size(2 ** 31, 16),
    width: optional(size(16, 4), 16),
    loads: optional(size(64), 16),
    flight: optional(size(16), 4),
  });
  if (width === 12) throw new UserError('stream: width=12 must be 4, 8 or 16: a vec3f takes 16 bytes of a buffer');
  if (loads % flight !== 0) throw new UserError(`stream: loads=${loads} must be a multiple of flight=${flight}`);
  return { bytes, width, perThread: loads, flight };
}

/** More in flight for memory far away; one at a time and narrow loads for adapters that gather (SwiftShader). */
function points({ bytes }: Stream): Params[] {
  // Too few bytes for 4096 workgroups: nothing but overhead is measured, and nothing to tune.
  if (bytes < MIB) return [];
  return [
    { flight: 1 },
    { flight: 8 },
    { loads: 8 },
    { loads: 32, flight: 8 },
    { loads: 64, flight: 16 },
    { width: 8, loads: 32 },
    { width: 4, loads: 64 },
  ];
}

/** The type of one load, and the sum of its elements. */
const UNITS: Readonly<Record<number, { type: string; total: string }>> = {
  4: { type: 'f32', total: 'unit' },
  8: { type: 'vec2f', total: 'unit.x + unit.y' },
  16: { type: 'vec4f', total: 'unit.x + unit.y + unit.z + unit.w' },
};

interface Launch {
  readonly grid: FoldedGrid;
  readonly dispatch: DispatchPlan;
}

function launch(read: Stream, name: string, source: string, target: string, caps: DeviceCaps): Launch {
  const { bytes, width, perThread, flight } = read;
  const units = bytes / width;
  const grid = foldGrid(Math.ceil(units / (THREADS * perThread)), caps);
  const { type, total } = UNITS[width]!;
  const prelude = `// ${width} bytes a load.\nalias Unit = ${type};\nfn totalOf(unit: Unit) -> f32 {\n  return ${total};\n}\n`;
  const shader = {
    label: `stream/${name} bytes=${bytes} width=${width} loads=${perThread} flight=${flight}`,
    source: prelude + unroll(source, { FLIGHT: flight }),
    constants: { UNITS: units, PER_THREAD: perThread, FLIGHT: flight, ...grid.constants },
  };
  return { grid, dispatch: { shader, bindings: ['source', target], workgroups: grid.workgroups } };
}

function planRead(read: Stream, caps: DeviceCaps): KernelPlan {
  const { bytes, width, perThread } = read;
  const { grid, dispatch } = launch(read, 'read', readSource, 'sums', caps);
  const length = grid.constants.GROUPS * THREADS;
  const floats = (perThread * width) / 4;
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
        reference: (inputs, indices) => partialSums(inputs.source!, read, indices),
        flopsPerElement: floats,
        tolerance: dotTolerance(floats),
      },
    ],
    flops: bytes / 4,
    bytes: bytes + 4 * length,
  };
}

/** What thread `index` of `read` sums, in f64; elements past the end count nothing. */
export function partialSums(
  source: HostArray,
  { width, perThread }: Pick<Stream, 'width' | 'perThread'>,
  indices: Uint32Array,
): Float64Array {
  const lanes = width / 4;
  return Float64Array.from(indices, (index) => {
    const [group, local] = [Math.floor(index / THREADS), index % THREADS];
    let sum = 0;
    for (let i = 0; i < perThread; i++) {
      const at = lanes * ((group * perThread + i) * THREADS + local);
      for (let j = at; j < at + lanes; j++) sum += source[j] ?? 0;
    }
    return sum;
  });
}

/** A copy is exact. */
const EXACT: Tolerance = { nmse: 0, absolute: 0 };

function planCopy(read: Stream, caps: DeviceCaps): KernelPlan {
  const { bytes } = read;
  const { dispatch } = launch(read, 'copy', copySource, 'destination', caps);
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
      read: readStream,
      needs: () => ({ invocations: THREADS }),
      plan: planRead,
      tuning: points,
    }),
    defineVariant({
      name: 'copy',
      idea: 'reads everything once and writes it back elsewhere',
      read: readStream,
      needs: () => ({ invocations: THREADS }),
      plan: planCopy,
      tuning: points,
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
