import { describeOnGpu } from '../common/gpu.test-support.ts';
import { swiglu } from './swiglu.ts';

const BOTH = ['naive', 'vec4'];
const GPT_OSS = { alpha: 1.702, limit: 7, shift: 1 };

describeOnGpu(swiglu, [
  { variants: BOTH, params: { rows: 1, width: 1 } },
  { variants: BOTH, params: { rows: 7, width: 131 } },
  { variants: BOTH, params: { rows: 4, width: 1024, ...GPT_OSS } },
  { variants: BOTH, params: { rows: 101, width: 103, alpha: 0.5 }, workgroupLimit: 7 },
  { variants: ['vec4'], params: { rows: 7, width: 131, ...GPT_OSS, type: 'f16', threads: 64 } },
]);
