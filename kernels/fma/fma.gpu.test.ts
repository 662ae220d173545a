import { describeOnGpu } from '../common/gpu.test-support.ts';
import { fma } from './fma.ts';

describeOnGpu(fma, [
  { variants: ['vec4'], params: { threads: 256, steps: 8, type: 'f32' } },
  { variants: ['vec4'], params: { threads: 2048, steps: 1024, type: 'f32' } },
  { variants: ['vec4'], params: { threads: 1280, steps: 4096, type: 'f32' }, workgroupLimit: 3 },
]);
