import { describeOnGpu } from '../common/gpu.test-support.ts';
import { swiglu } from './swiglu.ts';

const BOTH = ['naive', 'vec4'];

describeOnGpu(swiglu, [
  { variants: BOTH, params: { rows: 1, width: 1 } },
  { variants: BOTH, params: { rows: 7, width: 131 } },
  { variants: BOTH, params: { rows: 4, width: 1024 } },
  { variants: BOTH, params: { rows: 101, width: 103 }, workgroupLimit: 7 },
]);
