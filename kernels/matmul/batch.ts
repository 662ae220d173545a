// The matmul variant for a batch of 1 to 8 rows: bound by reading B, so each element of it is read once for all rows.
import type { Params } from '../../src/core/case-id.ts';
import { optional, size } from '../common/params.ts';
import quantisedCommon from '../common/quantised.wgsl?raw';
import { unroll } from '../common/unroll.ts';
import { defineVariant, type Needs } from '../common/variant.ts';
import type { DeviceCaps, KernelPlan, KernelVariant } from '../family.ts';
import aScalars from './a-scalars.wgsl?raw';
import aVectors from './a-vectors.wgsl?raw';
import denseSource from './batch-dense.wgsl?raw';
import int4Words from './batch-int4.wgsl?raw';
import int8Words from './batch-int8.wgsl?raw';
import quantisedSource from './batch-quantised.wgsl?raw';
import cScalars from './c-scalars.wgsl?raw';
import elementsF32 from './elements-f32.wgsl?raw';
import elementsPlain from './elements-plain.wgsl?raw';
import { featuresOf, joinOperands } from './operands.ts';
import { planProduct } from './plan.ts';
import { type Problem, readProblem } from './problem.ts';
import { besides, halfPoints } from './tuning.ts';

const MOST_ROWS = 8;
/** Small enough that the sums of 8 rows fit the 16 KiB of workgroup memory every device has. */
const THREADS = 128;

interface Batch extends Problem {
  /** Threads that share a column, each with a part of K. */
  readonly wk: number;
  /** Rows of W a thread holds (quantised weights). */
  readonly cols: number;
}

function isQuantised({ type }: Pick<Problem, 'type'>): boolean {
  return type === 'int8' || type === 'int4';
}

function readBatch(params: Params): Batch {
  const quantised = isQuantised(params as unknown as Problem);
  const wk = optional(size(THREADS), quantised ? 32 : 16);
  const read = readProblem(params, { m: size(MOST_ROWS), wk, ...(quantised && { cols: optional(size(4), 4) }) });
  return { cols: 4, ...read };
}

function needsOf(batch: Batch, caps: DeviceCaps): Needs {
  const sums = batch.m * 4 * THREADS * (isQuantised(batch) ? batch.cols : 4);
  return { invocations: THREADS, workgroupBytes: sums, features: featuresOf(batch, caps) };
}

function planDense(batch: Batch, caps: DeviceCaps): KernelPlan {
  const { m, n, wk } = batch;
  const wx = Math.floor(THREADS / wk);
  const joined = joinOperands(batch, caps, 'fours', [unroll(denseSource, { ROWS: m })]);
  const constants = { ROWS: m, WX: wx, WK: wk };
  return planProduct(batch, 'batch', joined, { groups: Math.ceil(n / (4 * wx)), constants }, caps);
}

function planQuantised(batch: Batch, caps: DeviceCaps): KernelPlan {
  const { m, n, k, type, wk, cols } = batch;
  const wn = Math.floor(THREADS / wk);
  const counts = { ROWS: m, COLS: cols, QUADS: type === 'int4' ? 1 : 2, PARTS: type === 'int4' ? 2 : 1 };
  const source = [
    elementsF32,
    elementsPlain,
    k % 4 === 0 ? aVectors : aScalars,
    quantisedCommon,
    type === 'int4' ? int4Words : int8Words,
    cScalars,
    unroll(quantisedSource, counts),
  ].join('\n');
  const joined = { source, enables: [], bindings: ['c', 'a', 'quants', 'scales'] };
  const constants = { ...counts, WK: wk, WN: wn };
  return planProduct(batch, 'batch', joined, { groups: Math.ceil(n / (cols * wn)), constants }, caps);
}

export const batch: KernelVariant = defineVariant({
  name: 'batch',
  idea: 'up to 8 rows of A at once: every element of B read once, K shared among threads',
  read: readBatch,
  needs: needsOf,
  plan: (problem, caps) => (isQuantised(problem) ? planQuantised : planDense)(problem, caps),
  tuning: (problem, caps) => [
    ...besides(
      problem,
      [8, 16, 32, 64, 4].map((wk) => ({ wk })),
    ),
    ...(isQuantised(problem) ? [2, 1].map((cols) => ({ cols })) : []),
    ...halfPoints(problem, caps),
  ],
});
