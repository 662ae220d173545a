// Geometry of prefill-tiled.wgsl: one workgroup per head and BQ queries.
import type { Params } from '../../src/core/case-id.ts';
import { cellAccess } from '../common/cells.ts';
import { foldGrid } from '../common/grid.ts';
import { optional, type ParamSpec } from '../common/params.ts';
import type { Needs } from '../common/variant.ts';
import type { DeviceCaps } from '../family.ts';
import source from './prefill-tiled.wgsl?raw';
import { type AttentionShape, shapeConstants } from './shape.ts';
import { labelOf, maskBindings, preamble, type Steps } from './steps.ts';

const auto = (max: number, multipleOf: number) =>
  optional<ParamSpec & { kind: 'integer' }>({ kind: 'integer', min: 0, max, multipleOf }, 0);

/** Queries and keys a tile, threads across and down, columns of q and k staged at once; 0: the default at the shape. */
export const tileTunables = {
  bq: auto(128, 4),
  bk: auto(128, 4),
  tx: auto(32, 4),
  ty: auto(32, 4),
  slice: auto(64, 4),
};

interface Tuned {
  readonly bq: number;
  readonly bk: number;
  readonly tx: number;
  readonly ty: number;
  readonly slice: number;
}

export type TiledShape = AttentionShape & Tuned;

interface Tile extends Tuned {
  /** Output slices of 4·tx columns that one staging of values holds; the shader has room for four stagings. */
  readonly wide: number;
}

/**
 * 64 × 32 with 8 × 4 scores a thread reads 3 vectors for 32 multiplications, where 4 × 4 reads 2 for 16; it wants 64
 * registers of output at width 64. Wider heads take 128 threads of 4 × 4 instead, or they would spill. A short prompt
 * takes 32 × 32, which wastes less, and so do heads beyond 128, whose values would not fit the guaranteed memory.
 */
function defaultTile({ queries, vdim }: AttentionShape): Tuned {
  if (queries <= 32 || vdim > 128) return { bq: 32, bk: 32, tx: 8, ty: 8, slice: 32 };
  return { bq: 64, bk: 32, tx: 8, ty: vdim <= 64 ? 8 : 16, slice: 32 };
}

function tileOf(shape: TiledShape): Tile {
  const preset = defaultTile(shape);
  const tile = {
    bq: shape.bq || preset.bq,
    bk: shape.bk || preset.bk,
    tx: shape.tx || preset.tx,
    ty: shape.ty || preset.ty,
    slice: shape.slice || preset.slice,
  };
  return { ...tile, wide: Math.ceil(shape.vdim / 4 / tile.tx / 4) };
}

export function tiledNeeds(shape: TiledShape): Needs {
  const { bq, bk, tx, ty, slice, wide } = tileOf(shape);
  const pool = Math.max((slice * (bq + bk)) / 4, bk * (bq / 4 + 1) + bk * tx * wide);
  return { invocations: tx * ty, workgroupBytes: 16 * (pool + (bq / 4) * tx) };
}

/** Tiles whose threads come out even; others cannot be planned. */
export function tileFault(shape: TiledShape): string | null {
  const { bq, bk, tx, ty } = tileOf(shape);
  if (bq % (4 * ty) !== 0) return `bq=${bq} must be a multiple of 4·ty=${4 * ty}`;
  return bk % (4 * tx) !== 0 ? `bk=${bk} must be a multiple of 4·tx=${4 * tx}` : null;
}

export function tilePoints(): Params[] {
  return [
    { bq: 32, bk: 32, tx: 8, ty: 8 },
    { bq: 64, bk: 32, tx: 8, ty: 8 },
    { bq: 64, bk: 32, tx: 8, ty: 16 },
    { bq: 64, bk: 64, tx: 8, ty: 16, slice: 16 },
    { bq: 32, bk: 64, tx: 16, ty: 8, slice: 16 },
    { bq: 128, bk: 32, tx: 8, ty: 16, slice: 16 },
  ];
}

export function prefillTiled(shape: TiledShape, caps: DeviceCaps): Steps {
  const { bq, bk, tx, ty, slice, wide } = tileOf(shape);
  const tiles = Math.ceil(shape.queries / bq);
  const grid = foldGrid(shape.batch * shape.heads * tiles, caps);
  const bindings = ['q', 'k', 'v', 'out'];
  const shader = {
    label: labelOf('prefill-tiled', shape),
    source: [cellAccess(shape.type, 4), preamble(shape.mask), source].join('\n'),
    constants: {
      ...shapeConstants(shape, bindings.length),
      ...{ BQ: bq, BK: bk, TX: tx, TY: ty, SLICE: slice, WIDE: wide, TILES: tiles },
      ...grid.constants,
    },
  };
  return {
    scratch: [],
    dispatches: [{ shader, bindings: maskBindings(shape, bindings), workgroups: grid.workgroups }],
  };
}
