import { describeOnGpu } from '../common/gpu.test-support.ts';
import { matmul } from './matmul.ts';
import type { ElementType } from './problem.ts';

const ALL = ['naive', 'tiled', 'register', 'direct', 'broadcast', 'split-k'];
const shape = (m: number, n: number, k: number, type: ElementType | 'i8' = 'f32') => ({ m, n, k, type });

/** Ones, but for one row of NaN. */
function withNanRow(m: number, k: number, row: number): Float32Array {
  return Float32Array.from({ length: m * k }, (_, i) => (Math.floor(i / k) === row ? Number.NaN : 1));
}

/** Ones, but for the values given by [row, column, value]. */
function withValues(rows: number, cols: number, ...values: readonly [number, number, number][]): Float32Array {
  const matrix = new Float32Array(rows * cols).fill(1);
  for (const [row, col, value] of values) matrix[row * cols + col] = value;
  return matrix;
}

/** Infinities that meet a zero, each other, and finite numbers: C then holds +∞, −∞ and NaN, each where the reference says. */
function infinite(m: number, n: number, k: number): Record<string, Float32Array> {
  return {
    a: withValues(m, k, [1, 2, Number.POSITIVE_INFINITY], [m - 1, k - 1, Number.NEGATIVE_INFINITY]),
    b: withValues(k, n, [2, 0, 0], [3, 4, Number.NEGATIVE_INFINITY], [k - 1, n - 1, 0]),
  };
}

describeOnGpu(matmul, [
  { variants: ALL, params: shape(1, 1, 1) },
  { variants: ALL, params: shape(64, 64, 64) },
  // Primes: scalar access, and partial tiles on every side.
  { variants: ALL, params: shape(67, 131, 61) },
  // Aligned rows, yet partial tiles and a last slice of K that is not full.
  { variants: ALL, params: shape(65, 68, 44) },
  // Only B's rows aligned, only A's.
  { variants: ALL, params: shape(33, 36, 37) },
  { variants: ALL, params: shape(33, 37, 36) },
  { variants: ALL, params: shape(5, 3, 257) },
  { variants: ALL, params: shape(1, 300, 17) },
  { variants: ALL, params: shape(130, 66, 40), workgroupLimit: 50 },
  // One row of A holds no number: it may spoil its own row of C and no other, whatever is read past the end of K.
  { variants: ALL, params: shape(3, 5, 17), inputs: { a: withNanRow(3, 17, 1) } },
  { variants: ALL, params: shape(3, 5, 20), inputs: { a: withNanRow(3, 20, 1) } },
  { variants: [...ALL, 'batch'], params: shape(3, 9, 37), inputs: infinite(3, 9, 37) },
  { variants: [...ALL, 'batch'], params: shape(3, 12, 40), inputs: infinite(3, 12, 40) },
  // 65,794 workgroups.
  { variants: ['naive'], params: shape(2053, 2051, 1) },
  // 8 × 16 tiles of 128 × 128, and a band of tile rows that is not full (9 rows, bands of 8).
  { variants: ['register'], params: shape(1024, 2048, 20) },
  { variants: ['direct', 'broadcast'], params: shape(520, 72, 12) },
  // Aligned, since scalar access takes SwiftShader seconds to compile at a large block.
  { variants: ['register', 'direct', 'broadcast', 'split-k'], params: shape(70, 68, 52), tuned: true },
  { variants: ['direct', 'broadcast'], params: shape(3, 140, 20), tuned: true },
  ...[1, 2, 5, 8].map((m) => ({ variants: ['batch'], params: shape(m, 69, 131) })),
  ...(['f16', 'int8', 'int4'] as const).flatMap((type) => [
    { variants: ['batch'], params: shape(1, 1, 1, type) },
    { variants: ['batch'], params: shape(3, 69, 131, type) },
  ]),
  ...(['f32', 'int8', 'int4'] as const).map((type) => ({
    variants: ['batch'],
    params: shape(2, 132, 296, type),
    tuned: true,
    workgroupLimit: 6,
  })),
  ...(['i8', 'int8', 'int4'] as const).flatMap((type) => [
    { variants: ['dp4a'], params: shape(1, 1, 1, type) },
    ...[1, 2, 3, 5, 7, 9].map((m) => ({ variants: ['dp4a'], params: shape(m, 67, 61, type) })),
    { variants: ['dp4a'], params: shape(37, 67, 97, type), tuned: type !== 'int8' },
    { variants: ['dp4a'], params: shape(130, 66, 128, type), workgroupLimit: 6 },
  ]),
  ...(['f16', 'int8', 'int4'] as const).flatMap((type) => [
    { variants: ALL, params: shape(1, 1, 1, type) },
    { variants: ALL, params: shape(67, 131, 61, type) },
    { variants: ALL, params: shape(34, 36, 100, type) },
  ]),
]);
