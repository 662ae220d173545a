import { describeOnGpu } from '../common/gpu.test-support.ts';
import { softmax } from './softmax.ts';

const ALL = ['naive', 'thread', 'workgroup'];
const TEAMS = ['thread', 'workgroup'];

describeOnGpu(softmax, [
  { variants: ALL, params: { rows: 1, width: 1 } },
  // Narrow rows: some hold nothing but −∞ (one score in sixteen is masked).
  { variants: ALL, params: { rows: 2000, width: 2 }, workgroupLimit: 1000 },
  { variants: ALL, params: { rows: 7, width: 255 } },
  { variants: ALL, params: { rows: 3, width: 4099 } },
  { variants: ALL, params: { rows: 300, width: 67 }, workgroupLimit: 20 },
  { variants: TEAMS, params: { rows: 19, width: 516, type: 'f16' } },
  { variants: TEAMS, params: { rows: 65, width: 1028 } },
  { variants: ['thread'], params: { rows: 65, width: 140, threads: 16 } },
  { variants: ['workgroup'], params: { rows: 5, width: 1028, fold: 'subgroup' } },
  { variants: ['workgroup'], params: { rows: 5, width: 131, threads: 32, fold: 'subgroup' } },
  { variants: ['workgroup'], params: { rows: 5, width: 1028, threads: 64, hold: 'no' } },
]);
