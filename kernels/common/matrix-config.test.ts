import { expect, it } from 'vitest';
import { matrixConfig } from './matrix-config.ts';

const config = (componentType: string, resultComponentType: string, M: number, N: number, K: number) => ({
  componentType,
  resultComponentType,
  M,
  N,
  K,
});
const chosen = (...subgroupMatrixConfigs: ReturnType<typeof config>[]) => matrixConfig({ subgroupMatrixConfigs });

it('prefers f32 sums, then the larger product', () => {
  const small = config('f16', 'f32', 8, 8, 8);
  const large = config('f16', 'f32', 8, 16, 16);
  const half = config('f16', 'f16', 16, 16, 16);
  expect(chosen(half, small, large)).toBe(large);
  expect(chosen(half)).toBe(half);
});

it('passes over other types and shapes that cannot be', () => {
  expect(
    chosen(config('f32', 'f32', 8, 8, 8), config('u8', 'u32', 8, 8, 32), config('f16', 'f32', 8, 0, 8)),
  ).toBeNull();
});
