// The family `rmsnorm`: y[r][i] = x[r][i]·weight[i] / √(mean_i(x[r][i]²) + eps), the norm of Llama-style decoders
// (Zhang and Sennrich, arXiv 1910.07467). flops = 4·rows·width (square, add, two multiplications);
// bytes = 4·(2·rows·width + width), each operand once. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { normal } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams, requireAddressable, size } from '../common/params.ts';
import reduce from '../common/reduce.wgsl?raw';
import { threadsPerRow } from '../common/rows.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, HostArray, KernelFamily, KernelPlan } from '../family.ts';
import naive from './naive.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

interface Shape {
  readonly rows: number;
  readonly width: number;
  readonly eps: number;
}

function readShape(params: Params): Shape {
  const shape = readParams('rmsnorm', params, {
    rows: size(),
    width: size(),
    eps: { kind: 'number', min: 1e-12, max: 1 },
  });
  requireAddressable('rmsnorm', { rows: shape.rows, width: shape.width });
  return shape;
}

interface Launch {
  readonly source: string;
  readonly groups: number;
  readonly threads: number;
}

function plan(shape: Shape, variant: string, launch: Launch, caps: DeviceCaps): KernelPlan {
  const { rows, width, eps } = shape;
  const grid = foldGrid(launch.groups, caps);
  const constants = { ROWS: rows, WIDTH: width, EPS: `f32(${eps})`, THREADS: launch.threads, ...grid.constants };
  const shader = { label: `rmsnorm/${variant} rows=${rows} width=${width}`, source: launch.source, constants };
  return {
    buffers: [
      { name: 'x', role: 'input', bytes: 4 * rows * width, fill: normal(rows * width) },
      { name: 'weight', role: 'input', bytes: 4 * width, fill: normal(width) },
      { name: 'y', role: 'output', bytes: 4 * rows * width },
    ],
    dispatches: [{ shader, bindings: ['x', 'weight', 'y'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length: rows * width,
        reference: (inputs, indices) => referenceRmsnorm(inputs.x!, inputs.weight!, eps, indices),
        // A row's sum is kept while indices stay in the row, so it costs little per element.
        flopsPerElement: 8,
        tolerance: { nmse: 1e-12 },
      },
    ],
    flops: 4 * rows * width,
    bytes: 4 * (2 * rows * width + width),
  };
}

/** y at the given indices, in f64; indices that ascend cost one pass over each row they touch. */
export function referenceRmsnorm(x: HostArray, weight: HostArray, eps: number, indices: Uint32Array): Float64Array {
  const width = weight.length;
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

const ALL = ['naive', 'workgroup'];

export const rmsnorm: KernelFamily = {
  name: 'rmsnorm',
  summary: 'root-mean-square normalisation of rows',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread a row',
      read: readShape,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => {
        const launch = { source: naive, groups: Math.ceil(shape.rows / 64), threads: 64 };
        return plan(shape, 'naive', launch, caps);
      },
    }),
    defineVariant({
      name: 'workgroup',
      idea: 'one workgroup a row, summed in workgroup memory',
      read: readShape,
      needs: ({ rows }) => ({ invocations: threadsPerRow(rows), workgroupBytes: 4 * (threadsPerRow(rows) + 16) }),
      plan: (shape, caps) => {
        const source = `${reduce}\n${workgroup}`;
        const launch = { source, groups: shape.rows, threads: threadsPerRow(shape.rows) };
        return plan(shape, 'workgroup', launch, caps);
      },
    }),
  ],
  cases: [
    { variants: ALL, params: { rows: 128, width: 2048, eps: 1e-5 }, suites: ['default', 'full'] },
    { variants: ALL, params: { rows: 2048, width: 2048, eps: 1e-5 }, suites: ['default', 'full'] },
    { variants: ['workgroup'], params: { rows: 8192, width: 4096, eps: 1e-5 }, suites: ['full'] },
  ],
};
