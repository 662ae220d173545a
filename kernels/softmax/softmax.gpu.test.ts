import { describeOnGpu } from '../common/gpu.test-support.ts';
import { softmax } from './softmax.ts';

const BOTH = ['naive', 'workgroup'];

describeOnGpu(softmax, [
  { variants: BOTH, params: { rows: 1, width: 1 } },
  // Narrow rows: some hold nothing but −∞ (one score in sixteen is masked).
  { variants: BOTH, params: { rows: 2000, width: 2 }, workgroupLimit: 1000 },
  { variants: BOTH, params: { rows: 7, width: 255 } },
  { variants: BOTH, params: { rows: 3, width: 4099 } },
  { variants: BOTH, params: { rows: 300, width: 67 }, workgroupLimit: 20 },
]);
