import { describeOnGpu } from '../common/gpu.test-support.ts';
import { attention } from './attention.ts';

const PREFILL = ['prefill-naive', 'prefill-unfused', 'prefill-direct', 'prefill-tiled'];
const BLOCKED = ['prefill-unfused', 'prefill-direct', 'prefill-tiled'];
const DECODE = ['decode-naive', 'decode-direct', 'decode-tiled'];
const SPLIT = ['decode-direct', 'decode-tiled'];
/** A few words of ONNX Attention at once. */
const ONNX = { batch: 2, heads: 6, kvheads: 3, dim: 8, vdim: 12, scale: 0.3 };

describeOnGpu(attention, [
  { variants: PREFILL, params: { seq: 1, heads: 1, kvheads: 1, dim: 4 } },
  // One, two and three tiles, none of them full at the end; every number of slices; groups of 1, 4, 7 and 8 heads.
  { variants: PREFILL, params: { seq: 31, heads: 2, kvheads: 1, dim: 32 } },
  { variants: PREFILL, params: { seq: 33, heads: 7, kvheads: 1, dim: 64 } },
  { variants: PREFILL, params: { seq: 65, heads: 4, kvheads: 1, dim: 80 }, workgroupLimit: 400 },
  { variants: BLOCKED, params: { seq: 67, heads: 8, kvheads: 1, dim: 96 }, workgroupLimit: 150 },
  { variants: BLOCKED, params: { seq: 40, heads: 1, kvheads: 1, dim: 256 } },
  // ONNX: keys not as many as queries, in both conventions of causality; wider values; masks of every extent.
  { variants: PREFILL, params: { seq: 4, keys: 6, ...ONNX, causal: 'no' } },
  { variants: PREFILL, params: { seq: 5, keys: 18, ...ONNX, offset: 12, mask: 'shared' } },
  { variants: PREFILL, params: { seq: 7, keys: 5, ...ONNX, offset: 0, mask: 'heads', softcap: 0.7 } },
  { variants: PREFILL, params: { seq: 37, ...ONNX, layout: 'positions', mask: 'batch', softcap: 3 } },
  {
    variants: ['prefill-naive'],
    params: { seq: 5, keys: 7, heads: 2, kvheads: 1, dim: 7, vdim: 3, mask: 'full', batch: 3 },
  },
  // Short rows under a mask: some queries see nothing at all.
  { variants: PREFILL, params: { seq: 40, keys: 2, offset: 0, ...ONNX, mask: 'full' } },
  { variants: BLOCKED, params: { seq: 45, heads: 4, kvheads: 2, dim: 32, type: 'f16', batch: 2, mask: 'heads' } },
  // Tuning points.
  {
    variants: ['prefill-unfused'],
    params: { seq: 45, heads: 3, kvheads: 1, dim: 20, block: 8, fours: 1, threads: 128 },
  },
  {
    variants: ['prefill-tiled'],
    params: { seq: 70, heads: 2, kvheads: 1, dim: 36, bq: 32, bk: 64, tx: 16, ty: 8, slice: 16 },
  },
  {
    variants: ['prefill-tiled'],
    params: { seq: 131, heads: 1, kvheads: 1, dim: 64, bq: 128, bk: 32, tx: 8, ty: 16, slice: 16 },
  },
  // Four queries of a thread see different fours of keys; a row longer than one block of its sum.
  { variants: PREFILL, params: { seq: 13, keys: 19, heads: 2, kvheads: 1, dim: 8 } },
  { variants: ['prefill-direct'], params: { seq: 3, keys: 300, heads: 1, kvheads: 1, dim: 4 } },

  { variants: DECODE, params: { ctx: 1, heads: 1, kvheads: 1, dim: 4 } },
  // Contexts around a block and a tile; groups of 1, 4, 7 and 8 heads; widths that leave threads idle (20, 80, 96).
  { variants: DECODE, params: { ctx: 15, heads: 3, kvheads: 3, dim: 20 } },
  { variants: DECODE, params: { ctx: 16, heads: 4, kvheads: 1, dim: 32 } },
  { variants: DECODE, params: { ctx: 17, heads: 8, kvheads: 1, dim: 96 } },
  { variants: DECODE, params: { ctx: 33, heads: 7, kvheads: 1, dim: 80 } },
  { variants: DECODE, params: { ctx: 1031, heads: 8, kvheads: 2, dim: 64 }, workgroupLimit: 150 },
  { variants: SPLIT, params: { ctx: 97, heads: 8, kvheads: 1, dim: 128 } },
  { variants: SPLIT, params: { ctx: 130, heads: 2, kvheads: 1, dim: 256 } },
  // More keys than 512 workgroups' first tiles: several tiles a workgroup.
  { variants: DECODE, params: { ctx: 4097, heads: 16, kvheads: 16, dim: 16 }, workgroupLimit: 1100 },
  { variants: SPLIT, params: { ctx: 131, ...ONNX, mask: 'full', softcap: 2, layout: 'positions', cache: 'f16' } },
  { variants: SPLIT, params: { ctx: 2, ...ONNX, batch: 40, mask: 'batch' } },
  { variants: ['decode-direct'], params: { ctx: 77, heads: 4, kvheads: 2, dim: 32, block: 32, threads: 4 } },
  { variants: ['decode-tiled'], params: { ctx: 300, heads: 4, kvheads: 2, dim: 64, team: 16, groups: 2 } },
  {
    variants: ['decode-tiled'],
    params: { ctx: 300, heads: 4, kvheads: 2, dim: 64, threads: 128, tile: 128, team: 4, cache: 'f16' },
  },
  // Sequences of one batch that are not equally long.
  { variants: SPLIT, params: { ctx: 77, ...ONNX }, inputs: { lengths: Uint32Array.of(77, 13) } },
]);
