// The family `softmax`: y[r][i] = exp(x[r][i] − max_r) / Σ_i exp(x[r][i] − max_r). −∞ (a masked score) counts as the
// lowest finite f32: it weighs nothing beside any other score, and a row of nothing else is uniform, as with the
// finfo.min masks of Hugging Face models. flops = 5·rows·width (compare, subtract, exp, add, divide);
// bytes = 8·rows·width, each element read and written once. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { filler } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams, requireAddressable, size } from '../common/params.ts';
import reduce from '../common/reduce.wgsl?raw';
import { threadsPerRow } from '../common/rows.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, HostArray, KernelFamily, KernelPlan, Tolerance } from '../family.ts';
import naive from './naive.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

interface Shape {
  readonly rows: number;
  readonly width: number;
}

function readShape(params: Params): Shape {
  const shape = readParams('softmax', params, { rows: size(), width: size() });
  requireAddressable('softmax', { rows: shape.rows, width: shape.width });
  return shape;
}

interface Launch {
  readonly source: string;
  readonly groups: number;
  readonly threads: number;
  readonly tolerance: Tolerance;
}

function plan(shape: Shape, variant: string, launch: Launch, caps: DeviceCaps): KernelPlan {
  const { rows, width } = shape;
  const grid = foldGrid(launch.groups, caps);
  const constants = { ROWS: rows, WIDTH: width, THREADS: launch.threads, ...grid.constants };
  const shader = { label: `softmax/${variant} rows=${rows} width=${width}`, source: launch.source, constants };
  return {
    buffers: [
      // Scores with a spread of 3, one in sixteen masked.
      {
        name: 'x',
        role: 'input',
        bytes: 4 * rows * width,
        fill: filler(rows * width, (rng) => (rng.uniform() < 1 / 16 ? -Infinity : 3 * rng.normal())),
      },
      { name: 'y', role: 'output', bytes: 4 * rows * width },
    ],
    dispatches: [{ shader, bindings: ['x', 'y'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length: rows * width,
        reference: (inputs, indices) => referenceSoftmax(inputs.x!, width, indices),
        // A row's maximum and sum are kept while indices stay in the row.
        flopsPerElement: 40,
        tolerance: launch.tolerance,
      },
    ],
    flops: 5 * rows * width,
    bytes: 8 * rows * width,
  };
}

const LOWEST_F32 = -3.4028234663852886e38;

/** y at the given indices, in f64; indices that ascend cost one pass over each row they touch. */
export function referenceSoftmax(x: HostArray, width: number, indices: Uint32Array): Float64Array {
  let [current, largest, sum] = [-1, 0, 0];
  const at = (index: number): number => Math.max(x[index]!, LOWEST_F32);
  return Float64Array.from(indices, (index) => {
    const row = Math.floor(index / width);
    if (row !== current) {
      [current, largest, sum] = [row, LOWEST_F32, 0];
      for (let i = row * width; i < (row + 1) * width; i++) largest = Math.max(largest, at(i));
      for (let i = row * width; i < (row + 1) * width; i++) sum += Math.exp(at(i) - largest);
    }
    return Math.exp(at(index) - largest) / sum;
  });
}

/**
 * One running f32 sum loses what is smaller than half an ulp of it: at width 2048, where one score dominates a row, that
 * was 7e-6 of the largest weight and an NMSE of 1.3e-12. The cooperative sum keeps 1e-14 and 2e-7 there.
 */
const RUNNING_SUM: Tolerance = { nmse: 1e-11, absolute: 2e-5 };
const COOPERATIVE_SUM: Tolerance = { nmse: 1e-12, absolute: 1e-6 };
const ALL = ['naive', 'workgroup'];

export const softmax: KernelFamily = {
  name: 'softmax',
  summary: 'softmax of rows',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread a row',
      read: readShape,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => {
        const launch = { source: naive, groups: Math.ceil(shape.rows / 64), threads: 64, tolerance: RUNNING_SUM };
        return plan(shape, 'naive', launch, caps);
      },
    }),
    defineVariant({
      name: 'workgroup',
      idea: 'one workgroup a row, maximum and sum in workgroup memory',
      read: readShape,
      needs: ({ rows }) => ({ invocations: threadsPerRow(rows), workgroupBytes: 4 * (threadsPerRow(rows) + 16) }),
      plan: (shape, caps) => {
        const threads = threadsPerRow(shape.rows);
        const launch = { source: `${reduce}\n${workgroup}`, groups: shape.rows, threads, tolerance: COOPERATIVE_SUM };
        return plan(shape, 'workgroup', launch, caps);
      },
    }),
  ],
  cases: [
    { variants: ALL, params: { rows: 512, width: 512 }, suites: ['default', 'full'] },
    { variants: ALL, params: { rows: 4096, width: 2048 }, suites: ['default', 'full'] },
    { variants: ['workgroup'], params: { rows: 64, width: 128256 }, suites: ['full'] },
  ],
};
