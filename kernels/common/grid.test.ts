import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldGrid } from './grid.ts';

const limit = (maxComputeWorkgroupsPerDimension: number) => ({ maxComputeWorkgroupsPerDimension });

describe('foldGrid', () => {
  it('keeps one row where it fits', () => {
    expect(foldGrid(65535, limit(65535))).toEqual({
      workgroups: [65535, 1, 1],
      constants: { GRID_X: 65535, GROUPS: 65535 },
    });
  });
  it('folds into even rows beyond the limit', () => {
    expect(foldGrid(65536, limit(65535)).workgroups).toEqual([32768, 2, 1]);
  });
  it('covers every count within the limit, wasting less than a row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 30 }), (count, most) => {
        fc.pre(count <= most * most);
        const [x, y] = foldGrid(count, limit(most)).workgroups;
        expect(Math.max(x, y)).toBeLessThanOrEqual(most);
        expect(x * y).toBeGreaterThanOrEqual(count);
        expect(x * y - count).toBeLessThan(x);
      }),
    );
  });
  it('says when even two dimensions are too few', () => {
    expect(() => foldGrid(10, limit(3))).toThrow(/10 workgroups are more than this device's 3 × 3/);
  });
});
