import { describeOnGpu } from '../common/gpu.test-support.ts';
import { gemv } from './gemv.ts';

const ALL = ['naive', 'workgroup', 'subgroup'];

describeOnGpu(gemv, [
  { variants: ALL, params: { n: 1, k: 1 } },
  { variants: ALL, params: { n: 3, k: 7 } },
  { variants: ALL, params: { n: 64, k: 512 } },
  // Primes; a row shorter and a row longer than one pass of the workgroup's threads.
  { variants: ALL, params: { n: 131, k: 61 } },
  { variants: ALL, params: { n: 37, k: 2053 } },
  { variants: ALL, params: { n: 5, k: 4096 } },
  { variants: ALL, params: { n: 1021, k: 12 }, workgroupLimit: 17 },
]);
