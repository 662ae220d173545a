import { describeOnGpu } from '../common/gpu.test-support.ts';
import { rope } from './rope.ts';

const BOTH = ['naive', 'vec4'];

describeOnGpu(rope, [
  { variants: ['naive'], params: { seq: 1, heads: 1, dim: 2, theta: 10000 } },
  { variants: ['naive'], params: { seq: 11, heads: 3, dim: 10, theta: 10000 } },
  { variants: BOTH, params: { seq: 1, heads: 1, dim: 8, theta: 10000 } },
  { variants: BOTH, params: { seq: 13, heads: 7, dim: 24, theta: 500000 } },
  // Positions far out, where angles are thousands of turns.
  { variants: BOTH, params: { seq: 4097, heads: 1, dim: 64, theta: 500000 }, workgroupLimit: 30 },
]);
