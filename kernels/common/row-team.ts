// How many threads share a row of a row-wise kernel, and how they fold their values. Knows no family.
import type { Params } from '../../src/core/case-id.ts';
import type { DeviceCaps, ShaderPlan } from '../family.ts';
import { cellAccess, type Storage } from './cells.ts';
import entry from './entry.wgsl?raw';
import { choice, optional, type ParamSpec, size } from './params.ts';
import reduce from './reduce.wgsl?raw';
import one from './team-one.wgsl?raw';
import bySubgroup from './team-subgroup.wgsl?raw';
import byWorkgroup from './team-workgroup.wgsl?raw';
import type { Needs } from './variant.ts';

/** Most cells a thread may keep between two passes: 16 vec4f are 64 registers, a quarter of what a thread can have. */
const MOST_HELD = 16;

export type Fold = 'one' | 'workgroup' | 'subgroup';

export interface RowTeam {
  readonly fold: Fold;
  /** Threads of a workgroup; they share a row, or with `one` each has its own. */
  readonly threads: number;
  readonly lanes: 1 | 4;
  /** Cells each thread keeps in registers; 0: rows are read again. */
  readonly held: number;
}

export interface RowShape {
  readonly rows: number;
  readonly width: number;
  readonly type: Storage;
}

/** Tunable parameters of a workgroup a row; 0 threads and -1 held stand for the default at the shape. */
export const workgroupTunables = {
  threads: optional<ParamSpec & { kind: 'integer' }>({ kind: 'integer', min: 0, max: 1024 }, 0),
  fold: optional(choice('workgroup', 'subgroup'), 'workgroup'),
  hold: optional(choice('yes', 'no'), 'yes'),
};
export const threadTunables = { threads: optional(size(256), 16) };

/** Elements a request moves: four wherever rows are whole groups of four. */
export function lanesOf({ width }: RowShape): 1 | 4 {
  return width % 4 === 0 ? 4 : 1;
}

/**
 * Many rows fill a device by themselves, and then a small workgroup wastes least at its barriers; a few rows need wide
 * ones. 64 is the smallest size that fills a subgroup everywhere; 256 the largest every device allows.
 */
export function threadsPerRow(rows: number): 64 | 256 {
  return rows >= 256 ? 64 : 256;
}

export function workgroupTeam(
  shape: RowShape,
  tuned: { readonly threads: number; readonly fold: string; readonly hold: string },
): RowTeam {
  const threads = tuned.threads || threadsPerRow(shape.rows);
  const lanes = lanesOf(shape);
  const share = Math.ceil(shape.width / lanes / threads);
  return { fold: tuned.fold as Fold, threads, lanes, held: tuned.hold === 'yes' && share <= MOST_HELD ? share : 0 };
}

/** Points beside the default for a workgroup a row. */
export function workgroupPoints(shape: RowShape, caps: DeviceCaps): Params[] {
  const sizes = [32, 64, 128, 256, 512].filter((threads) => threads <= Math.max(32, shape.width / lanesOf(shape)));
  const folds = caps.languageFeatures.has('subgroup_id') ? ['workgroup', 'subgroup'] : ['workgroup'];
  const points = sizes.flatMap((threads) => folds.map((fold): Params => ({ threads, fold })));
  return [...points, { hold: 'no' }];
}

export function teamNeeds({ fold, threads }: RowTeam): Needs {
  if (fold === 'one') return { invocations: threads };
  if (fold === 'workgroup') return { invocations: threads, workgroupBytes: 4 * (threads + 16) };
  return { invocations: threads, workgroupBytes: 4 * threads, features: ['subgroups'], languages: ['subgroup_id'] };
}

/** Workgroups, and the parts of a shader that do not depend on the family; its own source comes last. */
export function teamLaunch(
  { rows, width, type }: RowShape,
  team: RowTeam,
  source: string,
): { groups: number } & Pick<ShaderPlan, 'source' | 'constants' | 'enables'> {
  const { fold, threads, lanes, held } = team;
  const parts = {
    one: [one, entry],
    workgroup: [reduce, byWorkgroup, entry],
    subgroup: [bySubgroup],
  }[fold];
  return {
    groups: fold === 'one' ? Math.ceil(rows / threads) : rows,
    source: [cellAccess(type, lanes), ...parts, source].join('\n'),
    constants: { ROWS: rows, CELLS: width / lanes, TEAM: fold === 'one' ? 1 : threads, HELD: held, THREADS: threads },
    ...(fold === 'subgroup' && { enables: ['subgroups'] }),
  };
}
