// Geometry of decode-tiled.wgsl and decode-merge.wgsl: how the cache is split among workgroups.
import type { Params } from '../../src/core/case-id.ts';
import { cellAccess } from '../common/cells.ts';
import { foldGrid } from '../common/grid.ts';
import { optional, type ParamSpec, size } from '../common/params.ts';
import type { Needs } from '../common/variant.ts';
import type { DeviceCaps } from '../family.ts';
import merge from './decode-merge.wgsl?raw';
import source from './decode-tiled.wgsl?raw';
import { type AttentionShape, shapeConstants } from './shape.ts';
import { labelOf, maskBindings, preamble, type Steps } from './steps.ts';

/**
 * Workgroups that keep a large GPU's memory busy: at 5 TB/s and 0.7 µs a request about 3.5 MB must be in flight, and a
 * workgroup asks for 8 KiB at a time.
 */
const BUSY_GROUPS = 512;

/** Threads of a workgroup, threads a key's row, keys a tile (0: the default), and workgroups over all kv heads. */
export const decodeTunables = {
  threads: optional(size(256), 64),
  team: optional(size(32), 8),
  tile: optional<ParamSpec & { kind: 'integer' }>({ kind: 'integer', min: 0, max: 256 }, 0),
  groups: optional<ParamSpec & { kind: 'integer' }>(size(2 ** 16), BUSY_GROUPS),
};

interface Tuned {
  readonly threads: number;
  readonly team: number;
  readonly tile: number;
  readonly groups: number;
}

export type DecodeShape = AttentionShape & Tuned;

/** WebGPU's guaranteed workgroup memory: the default tile fits it. */
const GUARANTEED_BYTES = 16384;

/** 64 keys, fewer for groups of many heads, whose products must fit. */
export function tileOf(shape: DecodeShape): number {
  if (shape.tile > 0) return shape.tile;
  return [64, 32].find((tile) => workgroupBytes(shape, tile) <= GUARANTEED_BYTES) ?? 16;
}

function workgroupBytes({ heads, kvheads, dim, team, threads }: DecodeShape, tile: number): number {
  return 4 * ((heads / kvheads) * (dim + tile * team + tile + 1) + 5 * threads);
}

/** Splits of each kv head's keys: no more than tiles. */
export function splitsOf(shape: DecodeShape): number {
  const { batch, keys, kvheads, groups } = shape;
  const tile = tileOf(shape);
  return Math.min(Math.ceil(keys / tile), Math.ceil(groups / (batch * kvheads)));
}

export function decodeFault(shape: DecodeShape): string | null {
  const { heads, kvheads, vdim, threads, team } = shape;
  const tile = tileOf(shape);
  if (threads % team !== 0 || tile % (threads / team) !== 0)
    return `tile=${tile} must be a multiple of threads/team, and threads=${threads} of team=${team}`;
  if (heads / kvheads > threads) return `heads/kvheads=${heads / kvheads} must be at most threads=${threads}`;
  return vdim / 4 > threads ? `vdim=${vdim} must be at most 4·threads=${4 * threads}` : null;
}

export function decodeTiledNeeds(shape: DecodeShape): Needs {
  return { invocations: shape.threads, workgroupBytes: workgroupBytes(shape, tileOf(shape)) };
}

export function decodePoints(): Params[] {
  return [
    { team: 4 },
    { team: 16 },
    { tile: 32 },
    { tile: 128, team: 4 },
    { threads: 128, tile: 128, team: 4 },
    { threads: 128 },
    { groups: 256 },
    { groups: 1024 },
    { groups: 2048, tile: 32 },
  ];
}

export function decodeTiled(shape: DecodeShape, caps: DeviceCaps): Steps {
  const { batch, kvheads, vdim, cache, threads, team } = shape;
  const tile = tileOf(shape);
  const splits = splitsOf(shape);
  const heads = batch * shape.heads;
  const label = labelOf('decode-tiled', shape);
  const split = foldGrid(batch * kvheads * splits, caps);
  const merged = foldGrid(Math.ceil((heads * vdim) / 4 / 64), caps);
  const bindings = ['q', 'k', 'v', 'lengths', 'partial', 'stats'];
  const constants = { ...shapeConstants(shape, bindings.length), SPLITS: splits };
  return {
    scratch: [
      { name: 'partial', role: 'scratch', bytes: 4 * heads * splits * vdim },
      { name: 'stats', role: 'scratch', bytes: 8 * heads * splits },
    ],
    dispatches: [
      {
        shader: {
          label,
          source: [cellAccess(cache, 4), preamble(shape.mask), source].join('\n'),
          constants: { ...constants, TILE: tile, TEAM: team, THREADS: threads, ...split.constants },
        },
        bindings: maskBindings(shape, bindings),
        workgroups: split.workgroups,
      },
      {
        shader: {
          label: `${label} merge`,
          source: `${preamble('none')}\n${merge}`,
          constants: { ...constants, ...merged.constants },
        },
        bindings: ['partial', 'stats', 'out'],
        workgroups: merged.workgroups,
      },
    ],
  };
}
