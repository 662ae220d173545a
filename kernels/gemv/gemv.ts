// The family `gemv`: Y[m][n] = Σ_k X[m][k]·W[n][k] for few rows of X (m = 1 … 8), any n, k ≥ 1; the product that rules decoding.
// type=f32, f16, int8, int4: W; X and Y are f32. flops = 2·m·n·k; bytes = W, X and Y once, as stored. Knows no GPU object.
import { foldGrid } from '../common/grid.ts';
import reduce from '../common/reduce.wgsl?raw';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, FamilyCase, KernelFamily, KernelPlan } from '../family.ts';
import accessScalar from './access-scalar.wgsl?raw';
import accessVec4 from './access-vec4.wgsl?raw';
import naive from './naive.wgsl?raw';
import { type Problem, problemOf, readProblem } from './problem.ts';
import rowSums from './row-sums.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import { units } from './units.ts';
import workgroup from './workgroup.wgsl?raw';

/** Rows a workgroup of the cooperative variants handles: each x it loads is used this often. */
const ROWS = 4;

interface Launch {
  readonly source: string;
  readonly threads: number;
  readonly rowsPerGroup: number;
  readonly enables?: readonly string[];
}

function plan(problem: Problem, variant: string, launch: Launch, caps: DeviceCaps): KernelPlan {
  const { n, k } = problem;
  const grid = foldGrid(Math.ceil(n / launch.rowsPerGroup), caps);
  const shader = {
    label: `gemv/${variant} n=${n} k=${k}`,
    source: launch.source,
    constants: { N: n, K: k, THREADS: launch.threads, ...grid.constants },
    enables: launch.enables,
  };
  return {
    ...problemOf(problem, 'rows'),
    dispatches: [{ shader, bindings: ['w', 'x', 'y'], workgroups: grid.workgroups }],
  };
}

/** These take W as it stands, and one row of X. */
const plainProblem = {
  read: (params: Parameters<typeof readProblem>[0]): Problem => readProblem(params, {}),
  fault: ({ m, type }: Problem): string | null =>
    m > 1 || type !== 'f32' ? 'takes m=1 and type=f32 alone; `units` takes all' : null,
};

/** A cooperative kernel, joined with the access that suits the row length. */
function joined({ k }: Problem, body: string): string {
  return [k % 4 === 0 ? accessVec4 : accessScalar, rowSums, body].join('\n');
}

const TREE_THREADS = 64;
const SUBGROUP_THREADS = 128;
const ALL = ['naive', 'workgroup', 'subgroup', 'units'];

const cases: readonly FamilyCase[] = [
  { variants: ALL, params: { n: 1024, k: 1024 }, suites: ['default', 'full'] },
  { variants: ALL, params: { n: 4096, k: 4096 }, suites: ['default', 'full'] },
  // Llama-3.2-1B's MLP down-projection and vocabulary head.
  { variants: ['workgroup', 'subgroup', 'units'], params: { n: 2048, k: 8192 }, suites: ['default', 'full'] },
  { variants: ['workgroup', 'subgroup', 'units'], params: { n: 128256, k: 2048 }, suites: ['full'] },
  ...(['f16', 'int8', 'int4'] as const).flatMap((type): FamilyCase[] => [
    { variants: ['units'], params: { n: 4096, k: 4096, type }, suites: ['default', 'full'] },
    { variants: ['units'], params: { n: 2048, k: 8192, type }, suites: ['full'] },
    { variants: ['units'], params: { n: 128256, k: 2048, type }, suites: ['full'] },
  ]),
  ...[2, 4, 8].map(
    (m): FamilyCase => ({ variants: ['units'], params: { m, n: 4096, k: 4096, type: 'int4' }, suites: ['full'] }),
  ),
];

export const gemv: KernelFamily = {
  name: 'gemv',
  summary: 'matrix times a few vectors, from f32, f16 or quantised weights',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread a row',
      ...plainProblem,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, 'naive', { source: naive, threads: 64, rowsPerGroup: 64 }, caps),
    }),
    defineVariant({
      name: 'workgroup',
      idea: 'a workgroup per four rows, summed in workgroup memory',
      ...plainProblem,
      needs: () => ({ invocations: TREE_THREADS, workgroupBytes: 16 * (TREE_THREADS + 16) }),
      plan: (shape, caps) => {
        const source = joined(shape, `${reduce}\n${workgroup}`);
        return plan(shape, 'workgroup', { source, threads: TREE_THREADS, rowsPerGroup: ROWS }, caps);
      },
    }),
    defineVariant({
      name: 'subgroup',
      idea: 'a workgroup per four rows, summed across subgroup lanes',
      ...plainProblem,
      needs: () => ({ invocations: SUBGROUP_THREADS, workgroupBytes: 4 * SUBGROUP_THREADS, features: ['subgroups'] }),
      plan: (shape, caps) => {
        const launch = { source: joined(shape, subgroup), threads: SUBGROUP_THREADS, rowsPerGroup: ROWS };
        return plan(shape, 'subgroup', { ...launch, enables: ['subgroups'] }, caps);
      },
    }),
    units,
  ],
  cases,
};
