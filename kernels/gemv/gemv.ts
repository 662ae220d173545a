// The family `gemv`: y[n] = Σ_k W[n][k]·x[k], row-major f32, any n, k ≥ 1; the product that rules decoding.
// flops = 2·n·k; bytes = 4·(n·k + k + n), each operand once. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { uniformSigned } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams, requireAddressable, size } from '../common/params.ts';
import reduce from '../common/reduce.wgsl?raw';
import { dotTolerance } from '../common/tolerance.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, FamilyCase, HostArray, KernelFamily, KernelPlan } from '../family.ts';
import accessScalar from './access-scalar.wgsl?raw';
import accessVec4 from './access-vec4.wgsl?raw';
import naive from './naive.wgsl?raw';
import rowSums from './row-sums.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

interface Shape {
  readonly n: number;
  readonly k: number;
}

function readShape(params: Params): Shape {
  const shape = readParams('gemv', params, { n: size(), k: size() });
  requireAddressable('gemv', shape);
  return shape;
}

/** Rows a workgroup of the cooperative variants handles: each x it loads is used this often. */
const ROWS = 4;

interface Launch {
  readonly source: string;
  readonly threads: number;
  readonly rowsPerGroup: number;
  readonly enables?: readonly string[];
}

function plan(shape: Shape, variant: string, launch: Launch, caps: DeviceCaps): KernelPlan {
  const { n, k } = shape;
  const grid = foldGrid(Math.ceil(n / launch.rowsPerGroup), caps);
  const shader = {
    label: `gemv/${variant} n=${n} k=${k}`,
    source: launch.source,
    constants: { N: n, K: k, THREADS: launch.threads, ...grid.constants },
    enables: launch.enables,
  };
  return {
    buffers: [
      { name: 'w', role: 'input', bytes: 4 * n * k, fill: uniformSigned(n * k) },
      { name: 'x', role: 'input', bytes: 4 * k, fill: uniformSigned(k) },
      { name: 'y', role: 'output', bytes: 4 * n },
    ],
    dispatches: [{ shader, bindings: ['w', 'x', 'y'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length: n,
        reference: (inputs, indices) => referenceGemv(inputs.w!, inputs.x!, indices),
        flopsPerElement: 2 * k,
        tolerance: dotTolerance(k),
      },
    ],
    flops: 2 * n * k,
    bytes: 4 * (n * k + k + n),
  };
}

/** y at the given rows, in f64. */
export function referenceGemv(w: HostArray, x: HostArray, rows: Uint32Array): Float64Array {
  const k = x.length;
  return Float64Array.from(rows, (row) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += w[row * k + i]! * x[i]!;
    return sum;
  });
}

/** A cooperative kernel, joined with the access that suits the row length. */
function joined({ k }: Shape, body: string): string {
  return [k % 4 === 0 ? accessVec4 : accessScalar, rowSums, body].join('\n');
}

const TREE_THREADS = 64;
const SUBGROUP_THREADS = 128;
const ALL = ['naive', 'workgroup', 'subgroup'];

const cases: readonly FamilyCase[] = [
  { variants: ALL, params: { n: 1024, k: 1024 }, suites: ['default', 'full'] },
  { variants: ALL, params: { n: 4096, k: 4096 }, suites: ['default', 'full'] },
  // Llama-3.2-1B's MLP down-projection and vocabulary head.
  { variants: ['workgroup', 'subgroup'], params: { n: 2048, k: 8192 }, suites: ['default', 'full'] },
  { variants: ['workgroup', 'subgroup'], params: { n: 128256, k: 2048 }, suites: ['full'] },
];

export const gemv: KernelFamily = {
  name: 'gemv',
  summary: 'dense f32 matrix times vector',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread a row',
      read: readShape,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, 'naive', { source: naive, threads: 64, rowsPerGroup: 64 }, caps),
    }),
    defineVariant({
      name: 'workgroup',
      idea: 'a workgroup per four rows, summed in workgroup memory',
      read: readShape,
      needs: () => ({ invocations: TREE_THREADS, workgroupBytes: 16 * (TREE_THREADS + 16) }),
      plan: (shape, caps) => {
        const source = joined(shape, `${reduce}\n${workgroup}`);
        return plan(shape, 'workgroup', { source, threads: TREE_THREADS, rowsPerGroup: ROWS }, caps);
      },
    }),
    defineVariant({
      name: 'subgroup',
      idea: 'a workgroup per four rows, summed across subgroup lanes',
      read: readShape,
      needs: () => ({ invocations: SUBGROUP_THREADS, workgroupBytes: 4 * SUBGROUP_THREADS, features: ['subgroups'] }),
      plan: (shape, caps) => {
        const launch = { source: joined(shape, subgroup), threads: SUBGROUP_THREADS, rowsPerGroup: ROWS };
        return plan(shape, 'subgroup', { ...launch, enables: ['subgroups'] }, caps);
      },
    }),
  ],
  cases,
};
