import { describeOnGpu } from '../common/gpu.test-support.ts';
import { moe } from './moe.ts';

const PRODUCTS = ['naive', 'gather', 'grouped'];

describeOnGpu(moe, [
  { variants: ['route'], params: { tokens: 1, experts: 1, top: 1, gate: 'softmax' } },
  { variants: ['route'], params: { tokens: 37, experts: 64, top: 8, gate: 'softmax' }, workgroupLimit: 7 },
  { variants: ['route'], params: { tokens: 5, experts: 131, top: 7, gate: 'top' } },
  { variants: ['route'], params: { tokens: 5, experts: 32, top: 4, gate: 'sigmoid' } },
  { variants: PRODUCTS, params: { tokens: 1, experts: 1, top: 1, n: 4, k: 32, type: 'f32' } },
  // Experts with no, few and more than a tile of slots; outputs that leave a tile and a team unfilled.
  { variants: PRODUCTS, params: { tokens: 67, experts: 3, top: 2, n: 76, k: 96, type: 'f32' }, workgroupLimit: 60 },
  { variants: PRODUCTS, params: { tokens: 9, experts: 11, top: 3, n: 68, k: 64, type: 'f16', input: 'slot' } },
  { variants: PRODUCTS, params: { tokens: 5, experts: 7, top: 2, n: 132, k: 160, type: 'int8' } },
  { variants: PRODUCTS, params: { tokens: 5, experts: 7, top: 2, n: 132, k: 160, type: 'int4', input: 'slot' } },
  { variants: ['gather'], params: { tokens: 1, experts: 64, top: 8, n: 20, k: 2048, type: 'int4', team: 64 } },
  { variants: ['gather'], params: { tokens: 3, experts: 8, top: 2, n: 20, k: 64, type: 'int8', team: 1, threads: 16 } },
  { variants: ['combine'], params: { tokens: 1, top: 1, n: 4 } },
  { variants: ['combine'], params: { tokens: 13, top: 7, n: 132 }, workgroupLimit: 2 },
]);
