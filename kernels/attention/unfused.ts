// Geometry of unfused-scores.wgsl, unfused-weights.wgsl and unfused-mix.wgsl: products of a block a thread around a softmax
// over scores in global memory.
import type { Params } from '../../src/core/case-id.ts';
import { cellAccess } from '../common/cells.ts';
import { foldGrid } from '../common/grid.ts';
import { optional, type ParamSpec, size } from '../common/params.ts';
import { type RowTeam, teamLaunch, teamNeeds } from '../common/row-team.ts';
import { unroll } from '../common/unroll.ts';
import type { Needs } from '../common/variant.ts';
import type { Constant, DeviceCaps, DispatchPlan } from '../family.ts';
import { type AttentionShape, shapeConstants } from './shape.ts';
import { labelOf, maskBindings, preamble, type Steps } from './steps.ts';
import mix from './unfused-mix.wgsl?raw';
import scores from './unfused-scores.wgsl?raw';
import weights from './unfused-weights.wgsl?raw';

interface Tuned {
  /** Threads of a workgroup in the products. */
  readonly threads: number;
  /** Queries, and vectors of keys or of columns, that a thread takes. */
  readonly block: number;
  readonly fours: number;
}

export type UnfusedShape = AttentionShape & Tuned;

const tunables = (tuned: Tuned) => ({
  threads: optional<ParamSpec & { kind: 'integer' }>(size(256), tuned.threads),
  block: optional<ParamSpec & { kind: 'integer' }>(size(8), tuned.block),
  fours: optional<ParamSpec & { kind: 'integer' }>(size(2), tuned.fours),
});
/** Bigger blocks a thread spill on GPUs. */
export const unfusedTunables = tunables({ threads: 64, block: 4, fours: 1 });
/**
 * For processors that run shaders, where a load costs many times a multiplication: 4 × 8 loads 12 vectors for 32 products
 * where 4 × 4 loads 8 for 16. 8 × 8 is no faster on SwiftShader and takes it six times as long to compile.
 */
export const directTunables = tunables({ threads: 16, block: 4, fours: 2 });

export const unfusedPoints = (): Params[] => [{ threads: 128 }, { threads: 256 }, { block: 8 }, { fours: 2 }];
export const directPoints = (): Params[] => [{ threads: 4 }, { threads: 64 }, { block: 8, fours: 1 }, { fours: 1 }];

/** Who turns a row of scores into weights: a workgroup, or a thread that waits for nobody. */
export type RowsBy = 'workgroup' | 'thread';

function teamOf(by: RowsBy): RowTeam {
  return { fold: by === 'thread' ? 'one' : 'workgroup', threads: by === 'thread' ? 16 : 64, lanes: 4, held: 0 };
}

export function unfusedNeeds({ threads }: UnfusedShape, by: RowsBy): Needs {
  const team = teamNeeds(teamOf(by));
  return { ...team, invocations: Math.max(team.invocations, threads) };
}

export function unfused(shape: UnfusedShape, by: RowsBy, caps: DeviceCaps): Steps {
  const { batch, queries, keys, vdim, type, mask, threads, block, fours } = shape;
  const heads = batch * shape.heads;
  const [queryBlocks, keyFours] = [Math.ceil(queries / block), Math.ceil(keys / 4)];
  const [keyBlocks, columnBlocks] = [Math.ceil(keyFours / fours), Math.ceil(vdim / 4 / fours)];
  const step = (
    name: string,
    source: string,
    groups: number,
    bindings: readonly string[],
    more: Record<string, Constant>,
  ): DispatchPlan => {
    const grid = foldGrid(groups, caps);
    const blocks = { ROWS: block, FOURS: fours, QUERY_BLOCKS: queryBlocks, KEY_FOURS: keyFours };
    const constants = { ...shapeConstants(shape, bindings.length), ...blocks, ...more, ...grid.constants };
    const label = `${labelOf(by === 'thread' ? 'prefill-direct' : 'prefill-unfused', shape)} ${name}`;
    return { shader: { label, source, constants }, bindings, workgroups: grid.workgroups };
  };
  const product = (
    name: string,
    source: string,
    blocks: number,
    bindings: readonly string[],
    more: Record<string, Constant>,
  ) => {
    const masks = name === 'scores';
    const joined = [cellAccess(type, 4), preamble(masks ? mask : 'none'), source].join('\n');
    const unrolled = unroll(joined, { ROWS: block, FOURS: fours });
    const made = step(name, unrolled, Math.ceil((heads * queryBlocks * blocks) / threads), bindings, {
      ...more,
      THREADS: threads,
    });
    return masks ? { ...made, bindings: maskBindings(shape, bindings) } : made;
  };
  const team = teamOf(by);
  const rows = teamLaunch({ rows: heads * queries, width: 4 * keyFours, type: 'f32' }, team, weights);
  const ofRows = { TEAM: rows.constants.TEAM!, THREADS: team.threads };
  return {
    scratch: [
      { name: 'scores', role: 'scratch', bytes: 16 * heads * queries * keyFours },
      { name: 'scales', role: 'scratch', bytes: 4 * heads * queries },
    ],
    dispatches: [
      product('scores', scores, keyBlocks, ['q', 'k', 'scores'], { KEY_BLOCKS: keyBlocks }),
      step('weights', `${preamble('none')}\n${rows.source}`, rows.groups, ['scores', 'scales'], ofRows),
      product('mix', mix, columnBlocks, ['scores', 'scales', 'v', 'out'], { COLUMN_BLOCKS: columnBlocks }),
    ],
  };
}
