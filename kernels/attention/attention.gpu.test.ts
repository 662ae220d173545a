import { describeOnGpu } from '../common/gpu.test-support.ts';
import { attention } from './attention.ts';

const PREFILL = ['prefill-naive', 'prefill-tiled'];
const DECODE = ['decode-naive', 'decode-tiled'];

describeOnGpu(attention, [
  { variants: PREFILL, params: { seq: 1, heads: 1, kvheads: 1, dim: 4 } },
  // One, two and three tiles of 32, none of them full at the end; every number of 32-column slices.
  { variants: PREFILL, params: { seq: 31, heads: 2, kvheads: 1, dim: 32 } },
  { variants: PREFILL, params: { seq: 33, heads: 7, kvheads: 1, dim: 64 } },
  { variants: PREFILL, params: { seq: 65, heads: 4, kvheads: 2, dim: 80 }, workgroupLimit: 400 },
  { variants: ['prefill-tiled'], params: { seq: 70, heads: 3, kvheads: 3, dim: 128 }, workgroupLimit: 5 },
  { variants: DECODE, params: { ctx: 1, heads: 1, kvheads: 1, dim: 4 } },
  // Contexts around a tile; groups of 1, 4, 7 and 8 heads; widths that leave threads idle (20, 80).
  { variants: DECODE, params: { ctx: 15, heads: 3, kvheads: 3, dim: 20 } },
  { variants: DECODE, params: { ctx: 33, heads: 7, kvheads: 1, dim: 80 } },
  { variants: DECODE, params: { ctx: 1031, heads: 8, kvheads: 2, dim: 64 }, workgroupLimit: 150 },
  // More keys than 512 workgroups' first tiles: several tiles a workgroup.
  { variants: DECODE, params: { ctx: 4097, heads: 16, kvheads: 16, dim: 16 }, workgroupLimit: 1100 },
  { variants: ['decode-tiled'], params: { ctx: 97, heads: 8, kvheads: 1, dim: 128 } },
]);
