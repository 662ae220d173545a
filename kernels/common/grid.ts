// Folds a one-dimensional count of workgroups into a grid that respects the per-dimension limit. Knows no family.
import { UserError } from '../../src/core/errors.ts';
import type { DeviceCaps } from '../family.ts';

export interface FoldedGrid {
  readonly workgroups: readonly [number, number, number];
  /** For the shader: `let group = id.y * GRID_X + id.x; if (group >= GROUPS) { return; }`. */
  readonly constants: { readonly GRID_X: number; readonly GROUPS: number };
}

/** Rows of equal width, so that fewer than one row's worth of workgroups are idle. */
export function foldGrid(count: number, caps: Pick<DeviceCaps, 'maxComputeWorkgroupsPerDimension'>): FoldedGrid {
  const limit = caps.maxComputeWorkgroupsPerDimension;
  const y = Math.ceil(count / limit);
  if (y > limit)
    throw new UserError(`${count} workgroups are more than this device's ${limit} × ${limit}; choose a smaller shape`);
  const x = Math.ceil(count / y);
  return { workgroups: [x, y, 1], constants: { GRID_X: x, GROUPS: count } };
}
