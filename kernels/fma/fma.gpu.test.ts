import { describeOnGpu } from '../common/gpu.test-support.ts';
import { fma } from './fma.ts';

const FLOATS = ['vec4', 'vec2', 'scalar'];

describeOnGpu(fma, [
  { variants: FLOATS, params: { threads: 256, steps: 8, type: 'f32' } },
  { variants: ['vec4'], params: { threads: 2048, steps: 1024, type: 'f32' } },
  { variants: FLOATS, params: { threads: 512, steps: 16, type: 'f32' }, tuned: true },
  { variants: ['vec4'], params: { threads: 1280, steps: 4096, type: 'f32' }, workgroupLimit: 3 },
  { variants: ['dp4a'], params: { threads: 512, steps: 1024, type: 'int8' }, tuned: true },
  { variants: ['dp4a'], params: { threads: 1280, steps: 8, type: 'int8' }, workgroupLimit: 3 },
]);
