import { describeOnGpu } from '../common/gpu.test-support.ts';
import { stream } from './stream.ts';

const BOTH = ['read', 'copy'];

describeOnGpu(stream, [
  { variants: BOTH, params: { bytes: 16 } },
  { variants: BOTH, params: { bytes: 65536 } },
  { variants: BOTH, params: { bytes: 1048592 } },
  { variants: BOTH, params: { bytes: 16 * 65537 }, tuned: true },
  { variants: BOTH, params: { bytes: 16 * 99991 }, workgroupLimit: 5 },
]);
