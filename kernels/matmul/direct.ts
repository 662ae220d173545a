// The matmul variants without workgroup memory: `direct`, and `broadcast`, where a subgroup shares what it loads of A.
import type { Params } from '../../src/core/case-id.ts';
import { optional, size } from '../common/params.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, KernelVariant } from '../family.ts';
import broadcastSource from './broadcast.wgsl?raw';
import directSource from './direct.wgsl?raw';
import { featuresOf, joinOperands } from './operands.ts';
import { planProduct, tileOrder, tilesOf } from './plan.ts';
import { type Problem, powerUpTo, readProblem } from './problem.ts';
import { besides, halfPoints } from './tuning.ts';

/** Threads of a workgroup: enough for every subgroup size, and no more, since they share nothing but caches. */
const THREADS = 64;

interface Direct extends Problem {
  readonly rows: number;
  readonly cols: number;
  readonly wx: number;
  readonly wy: number;
}

/** 8 × 8 elements a thread, 64 × 64 a workgroup; fewer rows, and a wider tile, where C has fewer. */
function readDirect(params: Params): Direct {
  const m = Number(params.m);
  const rows = optional(size(16), powerUpTo(m, 8));
  const down = powerUpTo(Math.ceil(m / Number(params.rows ?? rows.default)), 8);
  return readProblem(params, {
    rows,
    cols: optional(size(16, 4), 8),
    wx: optional(size(256), THREADS / down),
    wy: optional(size(256), down),
  });
}

export const direct: KernelVariant = defineVariant({
  name: 'direct',
  idea: 'a block of C per thread in registers, fed straight from the caches',
  read: readDirect,
  needs: (problem, caps) => ({ invocations: problem.wx * problem.wy, features: featuresOf(problem, caps) }),
  plan: (problem, caps) => {
    const { rows, cols, wx, wy } = problem;
    const counts = { ROWS: rows, FOURS: cols / 4 };
    const joined = joinOperands(problem, caps, 'fours', [tileOrder, unroll(directSource, counts)]);
    const { groups, constants } = tilesOf(problem, rows * wy, cols * wx);
    return planProduct(
      problem,
      'direct',
      joined,
      { groups, constants: { ...constants, ...counts, WX: wx, WY: wy } },
      caps,
    );
  },
  tuning: (problem, caps) => [
    ...blockPoints(problem, [
      [16, 8],
      [8, 4],
      [4, 8],
      [4, 4],
    ]),
    // Where A has few rows, a thread's loads of it cost as much as those of a column of B: the more columns share them the better.
    ...(problem.wy === 1 ? besides(problem, [{ cols: 16, wx: 8 }, ...narrow({ wx: 16 })]) : []),
    ...halfPoints(problem, caps),
  ],
});

/** A short C in narrower workgroups: more of them, and a row of B read in pieces that lie together. */
function narrow(point: Params): Params[] {
  return [point, { ...point, cols: 16 }];
}

/** Blocks per thread, but for those taller than C. */
function blockPoints(problem: Direct | Broadcast, blocks: readonly (readonly [number, number])[]): Params[] {
  const low = blocks.filter(([rows]) => rows < 2 * problem.m);
  const widths = [4, 16].map((cols) => ({ cols }));
  return besides(problem, [...low.map(([rows, cols]) => ({ rows, cols })), ...widths]);
}

interface Broadcast extends Problem {
  readonly rows: number;
  readonly cols: number;
  /** Subgroups side by side; 0: as many as THREADS leave room for. */
  readonly across: number;
}

function readBroadcast(params: Params): Broadcast {
  return readProblem(params, {
    rows: optional(size(32), powerUpTo(Number(params.m), 8)),
    cols: optional(size(16, 4), 8),
    across: optional({ kind: 'integer', min: 0, max: 64 }, 0),
  });
}

/** Whole subgroups side by side, whatever their size, then as many rows of them as THREADS and C leave room for. */
function broadcastThreads({ m, rows, across }: Broadcast, { subgroupMaxSize }: DeviceCaps): { wx: number; wy: number } {
  const down = Math.max(1, Math.min(THREADS / subgroupMaxSize, powerUpTo(Math.ceil(m / rows), THREADS)));
  return { wx: across > 0 ? across * subgroupMaxSize : Math.max(subgroupMaxSize, THREADS / down), wy: down };
}

export const broadcast: KernelVariant = defineVariant({
  name: 'broadcast',
  idea: 'a block of C per thread in registers, rows of A loaded once a subgroup and broadcast',
  read: readBroadcast,
  needs: (problem, caps) => {
    const { wx, wy } = broadcastThreads(problem, caps);
    return { invocations: wx * wy, features: ['subgroups', ...featuresOf(problem, caps)] };
  },
  plan: (problem, caps) => {
    const { rows, cols } = problem;
    const { wx, wy } = broadcastThreads(problem, caps);
    const share = Math.min(caps.subgroupMinSize, powerOfTwoIn(rows));
    const counts = { LOADS: rows / share, SHARE: share, FOURS: cols / 4 };
    const joined = joinOperands(problem, caps, 'fours', [tileOrder, unroll(broadcastSource, counts)]);
    const { groups, constants } = tilesOf(problem, rows * wy, cols * wx);
    return planProduct(
      problem,
      'broadcast',
      { ...joined, enables: [...joined.enables, 'subgroups'] },
      { groups, constants: { ...constants, ...counts, WX: wx, WY: wy } },
      caps,
    );
  },
  tuning: (problem, caps) => [
    ...blockPoints(problem, [
      [16, 8],
      [32, 8],
      [8, 4],
      [4, 8],
      [16, 4],
      [4, 4],
    ]),
    ...(problem.m <= problem.rows ? besides(problem, narrow({ across: Math.ceil(16 / caps.subgroupMaxSize) })) : []),
    ...halfPoints(problem, caps),
  ],
});

/** The largest power of two that divides `value`. */
function powerOfTwoIn(value: number): number {
  return value & -value;
}
