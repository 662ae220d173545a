import { describeOnGpu } from '../common/gpu.test-support.ts';
import { rmsnorm } from './rmsnorm.ts';

const BOTH = ['naive', 'workgroup'];

describeOnGpu(rmsnorm, [
  { variants: BOTH, params: { rows: 1, width: 1, eps: 1e-5 } },
  { variants: BOTH, params: { rows: 3, width: 17, eps: 1e-6 } },
  { variants: BOTH, params: { rows: 2, width: 2048, eps: 1e-5 } },
  { variants: BOTH, params: { rows: 5, width: 8191, eps: 1e-5 } },
  { variants: BOTH, params: { rows: 257, width: 129, eps: 0.5 }, workgroupLimit: 20 },
]);
