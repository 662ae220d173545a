import { describeOnGpu } from '../common/gpu.test-support.ts';
import { rmsnorm } from './rmsnorm.ts';

const ALL = ['naive', 'thread', 'workgroup'];
const TEAMS = ['thread', 'workgroup'];

describeOnGpu(rmsnorm, [
  { variants: ALL, params: { rows: 1, width: 1, eps: 1e-5 } },
  { variants: ALL, params: { rows: 3, width: 17, eps: 1e-6 } },
  { variants: ALL, params: { rows: 2, width: 2048, eps: 1e-5 } },
  { variants: ALL, params: { rows: 5, width: 8191, eps: 1e-5 } },
  { variants: ALL, params: { rows: 257, width: 129, eps: 0.5 }, workgroupLimit: 20 },
  { variants: TEAMS, params: { rows: 19, width: 516, eps: 1e-5, type: 'f16' } },
  { variants: ['thread'], params: { rows: 65, width: 140, eps: 1e-5, threads: 16 } },
  { variants: ['workgroup'], params: { rows: 5, width: 1028, eps: 1e-5, fold: 'subgroup' } },
  { variants: ['workgroup'], params: { rows: 5, width: 1028, eps: 1e-5, threads: 64, hold: 'no' } },
]);
