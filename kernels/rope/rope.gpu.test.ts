import { describeOnGpu } from '../common/gpu.test-support.ts';
import { rope } from './rope.ts';

const BOTH = ['naive', 'vec4'];
const theta = 10000;

describeOnGpu(rope, [
  { variants: ['naive'], params: { seq: 1, heads: 1, dim: 2, theta } },
  { variants: ['naive'], params: { seq: 11, heads: 3, dim: 10, theta } },
  { variants: ['naive'], params: { seq: 5, heads: 3, dim: 10, theta, rotary: 6, pairs: 'interleaved', batch: 2 } },
  { variants: BOTH, params: { seq: 1, heads: 1, dim: 8, theta } },
  { variants: BOTH, params: { seq: 13, heads: 7, dim: 24, theta: 500000 } },
  {
    variants: BOTH,
    params: { seq: 13, heads: 7, dim: 24, theta, rotary: 16, layout: 'positions', batch: 3, table: 7 },
  },
  { variants: BOTH, params: { seq: 13, heads: 7, dim: 20, theta, rotary: 8, pairs: 'interleaved', batch: 3 } },
  { variants: ['vec4'], params: { seq: 9, heads: 5, dim: 64, theta, type: 'f16', threads: 64 } },
  // Positions far out, where angles are thousands of turns.
  { variants: BOTH, params: { seq: 4097, heads: 1, dim: 64, theta: 500000 }, workgroupLimit: 30 },
]);
