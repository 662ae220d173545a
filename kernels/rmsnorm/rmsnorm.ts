// The family `rmsnorm`: y[r][i] = x[r][i]·weight[i] / √(mean_i(x[r][i]²) + eps), the norm of Llama-style decoders
// (Zhang and Sennrich, arXiv 1910.07467), f32 or f16 storage, f32 arithmetic. flops = 4·rows·width (square, add, two
// multiplications); bytes: x, y and weight once. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { numbersIn, requireQuads, type Storage, storageParam, stored, storedBytes } from '../common/cells.ts';
import { normal } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { type ParamSpec, readParams, requireAddressable, size } from '../common/params.ts';
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
import type { DeviceCaps, KernelFamily, KernelPlan, ShaderPlan } from '../family.ts';
import naive from './naive.wgsl?raw';
import rows from './rows.wgsl?raw';

const EPS: ParamSpec & { kind: 'number' } = { kind: 'number', min: 1e-12, max: 1 };
const SHAPE = { rows: size(), width: size(), eps: EPS, type: storageParam };

interface Shape {
  readonly rows: number;
  readonly width: number;
  readonly eps: number;
  readonly type: Storage;
}

function checked<S extends { rows: number; width: number; type: string }>(shape: S): S & Shape {
  requireAddressable('rmsnorm', { rows: shape.rows, width: shape.width });
  requireQuads('rmsnorm', shape.type, { width: shape.width });
  return shape as S & Shape;
}

const readNaive = (params: Params) =>
  checked({ ...readParams('rmsnorm', params, { rows: size(), width: size(), eps: EPS }), type: 'f32' });
const readThread = (params: Params) => checked(readParams('rmsnorm', params, { ...SHAPE, ...threadTunables }));
const readWorkgroup = (params: Params) => checked(readParams('rmsnorm', params, { ...SHAPE, ...workgroupTunables }));

type Launch = { readonly groups: number } & Pick<ShaderPlan, 'source' | 'constants' | 'enables'>;

function plan(shape: Shape, variant: string, launch: Launch, caps: DeviceCaps): KernelPlan {
  const { rows, width, eps, type } = shape;
  const { groups, ...shader } = launch;
  const grid = foldGrid(groups, caps);
  const constants = { ...shader.constants, EPS: `f32(${eps})`, ...grid.constants };
  const label = `rmsnorm/${variant} rows=${rows} width=${width} type=${type}`;
  const [bytes, weightBytes] = [storedBytes(type, rows * width), storedBytes(type, width)];
  return {
    buffers: [
      { name: 'x', role: 'input', bytes, fill: stored(type, normal(rows * width)) },
      { name: 'weight', role: 'input', bytes: weightBytes, fill: stored(type, normal(width)) },
      { name: 'y', role: 'output', bytes },
    ],
    dispatches: [
      { shader: { ...shader, label, constants }, bindings: ['x', 'weight', 'y'], workgroups: grid.workgroups },
    ],
    checks: [
      {
        buffer: 'y',
        length: rows * width,
        format: type,
        reference: (inputs, indices) => {
          const [x, weight] = [numbersIn(type, inputs.x!), numbersIn(type, inputs.weight!)];
          return referenceRmsnorm(x, weight, { width, eps }, indices);
        },
        // A row's sum is kept while indices stay in the row, so it costs little per element.
        flopsPerElement: 8,
        tolerance: { nmse: type === 'f16' ? 1e-6 : 1e-12 },
      },
    ],
    flops: 4 * rows * width,
    bytes: 2 * bytes + weightBytes,
  };
}

/** y at the given indices, in f64; indices that ascend cost one pass over each row they touch. */
export function referenceRmsnorm(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  { width, eps }: Pick<Shape, 'width' | 'eps'>,
  indices: Uint32Array,
): Float64Array {
  let [current, scale] = [-1, 0];
  return Float64Array.from(indices, (index) => {
    const row = Math.floor(index / width);
    if (row !== current) {
      let squares = 0;
      for (let i = row * width; i < (row + 1) * width; i++) squares += x[i]! * x[i]!;
      [current, scale] = [row, 1 / Math.sqrt(squares / width + eps)];
    }
    return x[index]! * scale * weight[index % width]!;
  });
}

const ALL = ['naive', 'thread', 'workgroup'];

export const rmsnorm: KernelFamily = {
  name: 'rmsnorm',
  summary: 'root-mean-square normalisation of rows',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread a row, an element at a time',
      read: readNaive,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => {
        const constants = { ROWS: shape.rows, WIDTH: shape.width, THREADS: 64 };
        return plan(shape, 'naive', { source: naive, groups: Math.ceil(shape.rows / 64), constants }, caps);
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
        return plan(shape, 'thread', teamLaunch(shape, team, rows), caps);
      },
    }),
    defineVariant({
      name: 'workgroup',
      idea: 'one workgroup a row, read once into registers; summed in workgroup memory or by subgroups',
      read: readWorkgroup,
      needs: (shape) => teamNeeds(workgroupTeam(shape, shape)),
      tuning: workgroupPoints,
      plan: (shape, caps) => plan(shape, 'workgroup', teamLaunch(shape, workgroupTeam(shape, shape), rows), caps),
    }),
  ],
  cases: [
    { variants: ALL, params: { rows: 128, width: 2048, eps: 1e-5 }, suites: ['default', 'full'] },
    { variants: ALL, params: { rows: 2048, width: 2048, eps: 1e-5 }, suites: ['default', 'full'] },
    { variants: ['workgroup'], params: { rows: 2048, width: 2048, eps: 1e-5, type: 'f16' }, suites: ['full'] },
    { variants: ['workgroup'], params: { rows: 8192, width: 4096, eps: 1e-5 }, suites: ['full'] },
  ],
};
