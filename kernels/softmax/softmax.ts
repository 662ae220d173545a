// The family `softmax`: y[r][i] = exp(x[r][i] − max_r) / Σ_i exp(x[r][i] − max_r), f32 or f16 storage, f32 arithmetic.
// −∞ (a masked score) counts as the lowest finite f32: it weighs nothing beside any other score, and a row of nothing
// else is uniform, as with the finfo.min masks of Hugging Face models. NaN and +∞ are not defined: WGSL lets a compiler
// assume them away. flops = 5·rows·width (compare, subtract, exp, add, divide); bytes: each element read and written
// once. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { numbersIn, requireQuads, type Storage, storageParam, stored, storedBytes } from '../common/cells.ts';
import { filler, named } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams, requireAddressable, size } from '../common/params.ts';
import {
  lanesOf,
  type RowTeam,
  teamLaunch,
  teamNeeds,
  threadTunables,
  workgroupPoints,
  workgroupTeam,
  workgroupTunables,
} from '../common/row-team.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, KernelFamily, KernelPlan, ShaderPlan, Tolerance } from '../family.ts';
import naive from './naive.wgsl?raw';
import rows from './rows.wgsl?raw';

const SHAPE = { rows: size(), width: size(), type: storageParam };

interface Shape {
  readonly rows: number;
  readonly width: number;
  readonly type: Storage;
}

function checked<S extends { rows: number; width: number; type: string }>(shape: S): S & Shape {
  requireAddressable('softmax', { rows: shape.rows, width: shape.width });
  requireQuads('softmax', shape.type, { width: shape.width });
  return shape as S & Shape;
}

const readNaive = (params: Params) =>
  checked({ ...readParams('softmax', params, { rows: size(), width: size() }), type: 'f32' });
const readThread = (params: Params) => checked(readParams('softmax', params, { ...SHAPE, ...threadTunables }));
const readWorkgroup = (params: Params) => checked(readParams('softmax', params, { ...SHAPE, ...workgroupTunables }));

type Launch = { readonly groups: number } & Pick<ShaderPlan, 'source' | 'constants' | 'enables'>;

function plan(shape: Shape, variant: string, launch: Launch, tolerance: Tolerance, caps: DeviceCaps): KernelPlan {
  const { rows, width, type } = shape;
  const { groups, ...shader } = launch;
  const grid = foldGrid(groups, caps);
  const label = `softmax/${variant} rows=${rows} width=${width} type=${type}`;
  const bytes = storedBytes(type, rows * width);
  return {
    buffers: [
      // Scores with a spread of 3, one in sixteen masked.
      {
        name: 'x',
        role: 'input',
        bytes,
        fill: stored(
          type,
          named(
            `masked ${rows * width}`,
            filler(rows * width, (rng) => (rng.uniform() < 1 / 16 ? -Infinity : 3 * rng.normal())),
          ),
        ),
      },
      { name: 'y', role: 'output', bytes },
    ],
    dispatches: [
      {
        shader: { ...shader, label, constants: { ...shader.constants, ...grid.constants } },
        bindings: ['x', 'y'],
        workgroups: grid.workgroups,
      },
    ],
    checks: [
      {
        buffer: 'y',
        length: rows * width,
        format: type,
        reference: (inputs, indices) => referenceSoftmax(numbersIn(type, inputs.x!), width, indices),
        // A row's maximum and sum are kept while indices stay in the row.
        flopsPerElement: 40,
        tolerance: type === 'f16' ? HALF : tolerance,
      },
    ],
    flops: 5 * rows * width,
    bytes: 2 * bytes,
  };
}

function teamPlan(shape: Shape, variant: string, team: RowTeam, caps: DeviceCaps): KernelPlan {
  const launch = teamLaunch(shape, team, rows);
  // f16 would lose the powers' last bits between the passes.
  const rescale = team.fold === 'one' && shape.type === 'f32';
  const constants = { ...launch.constants, RESCALE: String(rescale) };
  return plan(shape, variant, { ...launch, constants }, SHORT_SUMS, caps);
}

const LOWEST_F32 = -3.4028234663852886e38;

/** y at the given indices, in f64; indices that ascend cost one pass over each row they touch. */
export function referenceSoftmax(x: ArrayLike<number>, width: number, indices: Uint32Array): Float64Array {
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
 * was 7e-6 of the largest weight and an NMSE of 1.3e-12. Short sums, summed, keep 1e-14 and 2e-7 there.
 */
const RUNNING_SUM: Tolerance = { nmse: 1e-11, absolute: 2e-5 };
const SHORT_SUMS: Tolerance = { nmse: 1e-12, absolute: 1e-6 };
/** An f16 rounds to within 2⁻¹¹ of itself, or 2⁻¹⁰ where a device truncates. */
const HALF: Tolerance = { nmse: 1e-6, absolute: 1e-3 };
const ALL = ['naive', 'thread', 'workgroup'];

export const softmax: KernelFamily = {
  name: 'softmax',
  summary: 'softmax of rows',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread a row, an element at a time',
      read: readNaive,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => {
        const constants = { ROWS: shape.rows, WIDTH: shape.width, THREADS: 64 };
        const launch = { source: naive, groups: Math.ceil(shape.rows / 64), constants };
        return plan(shape, 'naive', launch, RUNNING_SUM, caps);
      },
    }),
    defineVariant({
      name: 'thread',
      idea: 'one thread a row, four elements at a time, no barrier',
      read: readThread,
      needs: ({ threads }) => ({ invocations: threads }),
      tuning: () => [{ threads: 4 }, { threads: 64 }],
      plan: (shape, caps) => {
        const team: RowTeam = { fold: 'one', threads: shape.threads, lanes: lanesOf(shape), held: 0 };
        return teamPlan(shape, 'thread', team, caps);
      },
    }),
    defineVariant({
      name: 'workgroup',
      idea: 'one workgroup a row, read once into registers; maximum and sum in workgroup memory or by subgroups',
      read: readWorkgroup,
      needs: (shape) => teamNeeds(workgroupTeam(shape, shape)),
      tuning: workgroupPoints,
      plan: (shape, caps) => teamPlan(shape, 'workgroup', workgroupTeam(shape, shape), caps),
    }),
  ],
  cases: [
    { variants: ALL, params: { rows: 512, width: 512 }, suites: ['default', 'full'] },
    { variants: ALL, params: { rows: 4096, width: 2048 }, suites: ['default', 'full'] },
    { variants: ['workgroup'], params: { rows: 4096, width: 2048, type: 'f16' }, suites: ['full'] },
    { variants: ['workgroup'], params: { rows: 64, width: 128256 }, suites: ['full'] },
  ],
};
