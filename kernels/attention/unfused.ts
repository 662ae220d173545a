// Geometry of unfused-scores.wgsl, unfused-weights.wgsl and unfused-mix.wgsl: products of 4 × 4 a thread around a softmax
// over scores in global memory.
import type { Params } from '../../src/core/case-id.ts';
import { cellAccess } from '../common/cells.ts';
import { foldGrid } from '../common/grid.ts';
import { choice, optional, type ParamSpec, size } from '../common/params.ts';
import { type RowTeam, teamLaunch, teamNeeds } from '../common/row-team.ts';
import type { Needs } from '../common/variant.ts';
import type { DeviceCaps, DispatchPlan } from '../family.ts';
import { type AttentionShape, shapeConstants } from './shape.ts';
import { labelOf, maskBindings, preamble, type Steps } from './steps.ts';
import mix from './unfused-mix.wgsl?raw';
import scores from './unfused-scores.wgsl?raw';
import weights from './unfused-weights.wgsl?raw';

/** Threads of a workgroup in the products, and whether a workgroup or a thread takes a row of scores. */
export const unfusedTunables = {
  threads: optional<ParamSpec & { kind: 'integer' }>(size(256), 64),
  rows: optional(choice('workgroup', 'thread'), 'workgroup'),
};

export type UnfusedShape = AttentionShape & { readonly threads: number; readonly rows: string };

export function unfusedPoints(): Params[] {
  return [{ rows: 'thread', threads: 16 }, { rows: 'thread' }, { threads: 128 }, { threads: 256 }];
}

function teamOf({ rows, threads }: UnfusedShape): RowTeam {
  return {
    fold: rows === 'thread' ? 'one' : 'workgroup',
    threads: rows === 'thread' ? threads : 64,
    lanes: 4,
    held: 0,
  };
}

export function unfusedNeeds(shape: UnfusedShape): Needs {
  const team = teamNeeds(teamOf(shape));
  return { ...team, invocations: Math.max(team.invocations, shape.threads) };
}

export function unfused(shape: UnfusedShape, caps: DeviceCaps): Steps {
  const { batch, queries, keys, vdim, type, threads } = shape;
  const heads = batch * shape.heads;
  const [queryFours, keyFours] = [Math.ceil(queries / 4), Math.ceil(keys / 4)];
  const cells = cellAccess(type, 4);
  const step = (
    name: string,
    parts: readonly string[],
    groups: number,
    bindings: readonly string[],
    more = {},
  ): DispatchPlan => {
    const grid = foldGrid(groups, caps);
    const fours = { QUERY_FOURS: queryFours, KEY_FOURS: keyFours, THREADS: threads };
    const constants = { ...shapeConstants(shape, bindings.length), ...fours, ...more, ...grid.constants };
    const label = `${labelOf('prefill-unfused', shape)} ${name}`;
    const masks = name === 'scores';
    const source = [parts[0]!, preamble(masks ? shape.mask : 'none'), ...parts.slice(1)].join('\n');
    return {
      shader: { label, source, constants },
      bindings: masks ? maskBindings(shape, bindings) : bindings,
      workgroups: grid.workgroups,
    };
  };
  const team = teamOf(shape);
  const rows = teamLaunch({ rows: heads * queries, width: 4 * keyFours, type: 'f32' }, team, weights);
  const items = { scores: heads * queryFours * keyFours, mix: (heads * queryFours * vdim) / 4 };
  return {
    scratch: [
      { name: 'scores', role: 'scratch', bytes: 16 * heads * queries * keyFours },
      { name: 'scales', role: 'scratch', bytes: 4 * heads * queries },
    ],
    dispatches: [
      step('scores', [cells, scores], Math.ceil(items.scores / threads), ['q', 'k', 'scores']),
      step('weights', [rows.source], rows.groups, ['scores', 'scales'], {
        TEAM: rows.constants.TEAM,
        THREADS: team.threads,
      }),
      step('mix', [cells, mix], Math.ceil(items.mix / threads), ['scores', 'scales', 'v', 'out']),
    ],
  };
}
