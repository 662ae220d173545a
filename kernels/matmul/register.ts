// The matmul variants that share slices of A and B through workgroup memory and keep a block of C per thread in registers:
// `register`, and `split-k`, which also cuts K so that a small C fills a large device.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import { optional, size } from '../common/params.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, KernelPlan, KernelVariant } from '../family.ts';
import { featuresOf, isNativeHalf, joinOperands } from './operands.ts';
import { planProduct, splitProduct, tileOrder, tilesOf } from './plan.ts';
import { type Problem, readProblem, type Shape } from './problem.ts';
import registerSource from './register.wgsl?raw';
import { besides, halfPoints } from './tuning.ts';

export interface Tile {
  /** Elements of C a workgroup computes. */
  readonly bm: number;
  readonly bn: number;
  /** Depth of a slice of K. */
  readonly bk: number;
  /** Elements of C a thread computes. */
  readonly rows: number;
  readonly cols: number;
  /** 2: the next slice is fetched into registers while this one is used, into the other of two tiles. */
  readonly stages: number;
  /** 1: A is fetched along K, its transposed tile padded. */
  readonly pad: number;
}

interface Registers extends Problem, Tile {
  readonly splits: number;
}

/** Workgroups below which some of a large GPU's ~130 multiprocessors would have none. */
const ENOUGH_GROUPS = 128;
const SLICE = 16;

/**
 * 128 × 128 elements with 256 threads where there are enough such tiles, else 64 × 64 with 64, else 32 × 32. The largest
 * moves 1/64 byte of workgroup memory a flop (two vec4 of A and B each for 128), the least a 64-register block can.
 */
export function defaultTile({ m, n }: Shape): Tile {
  const count = (edge: number): number => Math.ceil(m / edge) * Math.ceil(n / edge);
  const common = { bk: SLICE, stages: 1, pad: 0 };
  if (count(128) >= ENOUGH_GROUPS) return { ...common, bm: 128, bn: 128, rows: 8, cols: 8 };
  if (count(64) >= ENOUGH_GROUPS / 4) return { ...common, bm: 64, bn: 64, rows: 8, cols: 8 };
  return { ...common, bm: 32, bn: 32, rows: 4, cols: 4 };
}

function readRegisters(params: Params, splits: (shape: Shape & Tile) => number): Registers {
  const tile = defaultTile({ m: Number(params.m), n: Number(params.n), k: Number(params.k) });
  const read = readProblem(params, {
    bm: optional(size(256, 8), tile.bm),
    bn: optional(size(256, 8), tile.bn),
    bk: optional(size(64, 4), tile.bk),
    rows: optional(size(16, 4), tile.rows),
    cols: optional(size(16, 4), tile.cols),
    stages: optional(size(2), tile.stages),
    pad: optional({ kind: 'integer', min: 0, max: 1 }, tile.pad),
  });
  for (const [edge, block] of [
    ['bm', 'rows'],
    ['bn', 'cols'],
  ] as const) {
    if (read[edge] % read[block] !== 0)
      throw new UserError(`matmul: ${edge}=${read[edge]} must be a multiple of ${block}=${read[block]}`);
  }
  return { ...read, splits: splits(read) };
}

function threadsOf({ bm, bn, rows, cols }: Tile): { wx: number; wy: number } {
  return { wx: bn / cols, wy: bm / rows };
}

function workgroupBytes(tile: Registers, caps: DeviceCaps): number {
  const fours = tile.stages * tile.bk * (tile.bm / 4 + tile.pad + tile.bn / 4);
  return fours * (isNativeHalf(tile, caps) ? 8 : 16);
}

function needsOf(tile: Registers, caps: DeviceCaps) {
  const { wx, wy } = threadsOf(tile);
  return { invocations: wx * wy, workgroupBytes: workgroupBytes(tile, caps), features: featuresOf(tile, caps) };
}

function planTile(tile: Registers, name: string, caps: DeviceCaps): KernelPlan {
  const { m, n, k, bm, bn, bk, rows, cols, stages, pad, splits } = tile;
  const { wx, wy } = threadsOf(tile);
  const blocks = (bk / 4) * (bm / 4 + bn / 4);
  const counts = { ROW_FOURS: rows / 4, COL_FOURS: cols / 4, LOADS: Math.ceil(blocks / (wx * wy)) };
  const joined = joinOperands(tile, caps, 'fours', [
    tileOrder,
    unroll(registerSource, { ...counts, SINGLE: 2 - stages, DOUBLE: stages - 1 }),
  ]);
  const { groups, constants } = tilesOf({ m, n, k }, bm, bn);
  const depth = Math.ceil(k / splits / bk) * bk;
  const slices = { BK: bk, STAGES: stages, PAD: pad, SPLITS: splits, DEPTH: depth };
  const all = { ...constants, ...counts, ...slices, WX: wx, WY: wy };
  const plan = planProduct(tile, name, joined, { groups: groups * splits, constants: all }, caps);
  return splits > 1 ? splitProduct(plan, tile, splits, caps) : plan;
}

/** Tiles worth trying on a GPU: block per thread, threads and depth each apart. */
function tilePoints(): Params[] {
  const tile = (bm: number, bn: number, rows: number, cols: number) => ({ bm, bn, rows, cols });
  const tiles = [tile(128, 128, 8, 8), tile(64, 64, 8, 8), tile(128, 64, 8, 8), tile(64, 64, 8, 4), tile(64, 64, 4, 4)];
  return [
    ...tiles.flatMap((point) => [point, { ...point, stages: 2, bk: 8 }]),
    { ...tile(128, 128, 8, 8), pad: 1, bk: 8 },
    { ...tile(64, 64, 8, 8), pad: 1 },
    { ...tile(32, 32, 4, 4), bk: 32 },
    { ...tile(32, 32, 4, 4), stages: 2 },
  ];
}

export const register: KernelVariant = defineVariant({
  name: 'register',
  idea: 'a block of C per thread in registers, fed from workgroup memory',
  read: (params) => readRegisters(params, () => 1),
  needs: needsOf,
  plan: (tile, caps) => planTile(tile, 'register', caps),
  tuning: (problem, caps) => [...besides(problem, tilePoints()), ...halfPoints(problem, caps)],
});

/** As many slices of K as give every multiprocessor of a large GPU a workgroup, none shallower than two slices. */
function splitsFor({ m, n, k, bm, bn, bk }: Shape & Tile): number {
  const groups = Math.ceil(m / bm) * Math.ceil(n / bn);
  return Math.max(1, Math.min(Math.ceil(ENOUGH_GROUPS / groups), Math.floor(k / (2 * bk)), 32));
}

export const splitK: KernelVariant = defineVariant({
  name: 'split-k',
  idea: '`register` with K cut into slices that fill the device where C is small, added by a second pass',
  read: ({ splits, ...params }) =>
    readRegisters(params, (shape) => (splits === undefined ? splitsFor(shape) : readSplits(splits, shape))),
  needs: needsOf,
  plan: (tile, caps) => planTile(tile, 'split-k', caps),
  tuning: (problem) =>
    besides(
      problem,
      [2, 4, 8, 16, 32].filter((splits) => splits <= problem.k / problem.bk).map((splits) => ({ splits })),
    ),
});

/** No more slices than K has: an empty one would have nothing to write. */
function readSplits(splits: unknown, { k, bk }: Shape & Tile): number {
  const most = Math.ceil(k / bk);
  if (typeof splits === 'number' && Number.isInteger(splits) && splits >= 1 && splits <= most) return splits;
  throw new UserError(
    `matmul: splits=${splits} must be a whole number from 1 to ${most}, the slices of bk=${bk} in k=${k}`,
  );
}
