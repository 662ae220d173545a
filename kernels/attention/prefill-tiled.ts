// Geometry of prefill-tiled.wgsl: one workgroup per head and 32 queries.
import { foldGrid } from '../common/grid.ts';
import type { DeviceCaps } from '../family.ts';
import source from './prefill-tiled.wgsl?raw';
import type { AttentionShape } from './reference.ts';
import type { Steps } from './steps.ts';

const TILE = 32;
/** Queries, keys and weights of a tile (32 × 32 f32 each) and one vec4f a thread. */
export const TILED_BYTES = 3 * 4 * TILE * TILE + 16 * 64;

export function prefillTiled({ queries, heads, kvheads, dim }: AttentionShape, caps: DeviceCaps): Steps {
  const tiles = Math.ceil(queries / TILE);
  const grid = foldGrid(heads * tiles, caps);
  const shader = {
    label: `attention/prefill-tiled seq=${queries} heads=${heads} kvheads=${kvheads} dim=${dim}`,
    source,
    constants: {
      SEQ: queries,
      DIM: dim,
      HEADS: heads,
      GROUP: heads / kvheads,
      SCALE: `f32(${Math.LOG2E / Math.sqrt(dim)})`,
      TILES: tiles,
      ...grid.constants,
    },
  };
  return { scratch: [], dispatches: [{ shader, bindings: ['q', 'k', 'v', 'out'], workgroups: grid.workgroups }] };
}
