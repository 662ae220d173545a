// Geometry of decode-tiled.wgsl and decode-merge.wgsl: how the cache is split among workgroups.
import { foldGrid } from '../common/grid.ts';
import type { Needs } from '../common/variant.ts';
import type { DeviceCaps } from '../family.ts';
import merge from './decode-merge.wgsl?raw';
import source from './decode-tiled.wgsl?raw';
import type { AttentionShape } from './reference.ts';
import type { Steps } from './steps.ts';

const THREADS = 64;
/**
 * Workgroups that keep a large GPU's memory busy: at 5 TB/s and 0.7 µs a request about 3.5 MB must be in flight, and a
 * workgroup asks for 8 KiB at a time.
 */
const BUSY_GROUPS = 512;

/** Keys a workgroup holds at once: 8.5 KiB of them, whatever the head's width. */
function tileOf(dim: number): number {
  return dim > 64 ? 16 : 32;
}

/** Keys per workgroup, whole tiles. */
export function splitOf({ keys, kvheads, dim }: AttentionShape): number {
  const tile = tileOf(dim);
  const wanted = Math.ceil(BUSY_GROUPS / kvheads);
  return Math.ceil(Math.ceil(keys / wanted) / tile) * tile;
}

export function decodeTiledNeeds({ heads, kvheads, dim }: AttentionShape): Needs {
  const [group, tile, dim4] = [heads / kvheads, tileOf(dim), dim / 4];
  const vectors = group * dim4 + tile * (dim4 + 1) + THREADS;
  return { invocations: THREADS, workgroupBytes: 16 * vectors + 4 * group * (tile + 3) };
}

export function decodeTiled(shape: AttentionShape, caps: DeviceCaps): Steps {
  const { keys, heads, kvheads, dim } = shape;
  const split = splitOf(shape);
  const splits = Math.ceil(keys / split);
  const label = `attention/decode-tiled ctx=${keys} heads=${heads} kvheads=${kvheads} dim=${dim}`;
  const shared = { CTX: keys, DIM: dim, HEADS: heads, SPLITS: splits };
  const groups = foldGrid(kvheads * splits, caps);
  const threads = foldGrid(Math.ceil((heads * dim) / 4 / THREADS), caps);
  const scale = `f32(${Math.LOG2E / Math.sqrt(dim)})`;
  const tiling = { GROUP: heads / kvheads, SCALE: scale, SPLIT: split, TILE: tileOf(dim) };
  return {
    scratch: [
      { name: 'partial', role: 'scratch', bytes: 4 * heads * splits * dim },
      { name: 'stats', role: 'scratch', bytes: 8 * heads * splits },
    ],
    dispatches: [
      {
        shader: { label, source, constants: { ...shared, ...tiling, ...groups.constants } },
        bindings: ['q', 'k', 'v', 'partial', 'stats'],
        workgroups: groups.workgroups,
      },
      {
        shader: { label: `${label} merge`, source: merge, constants: { ...shared, ...threads.constants } },
        bindings: ['partial', 'stats', 'out'],
        workgroups: threads.workgroups,
      },
    ],
  };
}
