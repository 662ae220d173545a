// Which shape of the matrix units a kernel uses, from what the adapter offers. Knows no family.
import type { DeviceCaps, SubgroupMatrixConfig } from '../family.ts';

/** The feature, as Dawn names it while the proposal is a draft, and the WGSL extension behind it. */
export const MATRIX_FEATURES = ['chromium-experimental-subgroup-matrix', 'subgroups', 'shader-f16'];
export const MATRIX_ENABLES = ['chromium_experimental_subgroup_matrix', 'subgroups', 'f16'];

/**
 * The f16 configuration with f32 sums if there is one, else with f16 sums, the largest product first; null when the adapter
 * offers none. Real drivers have listed shapes with a zero side.
 */
export function matrixConfig(caps: Pick<DeviceCaps, 'subgroupMatrixConfigs'>): SubgroupMatrixConfig | null {
  const usable = caps.subgroupMatrixConfigs.filter(
    ({ componentType, resultComponentType: sum, M, N, K }) =>
      componentType === 'f16' && (sum === 'f32' || sum === 'f16') && Math.min(M, N, K) > 0,
  );
  const rank = ({ resultComponentType, M, N, K }: SubgroupMatrixConfig): number =>
    (resultComponentType === 'f32' ? 2 ** 30 : 0) + M * N * K;
  return usable.toSorted((x, y) => rank(y) - rank(x))[0] ?? null;
}
