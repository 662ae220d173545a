import { describeOnGpu } from '../common/gpu.test-support.ts';
import { matmul } from './matmul.ts';

const ALL = ['naive', 'tiled', 'register', 'direct'];
const shape = (m: number, n: number, k: number) => ({ m, n, k, type: 'f32' });

describeOnGpu(matmul, [
  { variants: ALL, params: shape(1, 1, 1) },
  { variants: ALL, params: shape(64, 64, 64) },
  // Primes: scalar access, and partial tiles on every side.
  { variants: ALL, params: shape(67, 131, 61) },
  // Aligned rows, yet partial tiles and a last slice of K that is not full.
  { variants: ALL, params: shape(65, 68, 44) },
  { variants: ALL, params: shape(5, 3, 257) },
  { variants: ALL, params: shape(1, 300, 17) },
  { variants: ALL, params: shape(130, 66, 40), workgroupLimit: 50 },
  // 8 × 16 tiles of 128 × 128, and a band of tile rows that is not full (9 rows, bands of 8).
  { variants: ['register'], params: shape(1024, 2048, 20) },
  { variants: ['direct'], params: shape(520, 72, 12) },
]);
