import { describe, expect, it } from 'vitest';
import { placeLabels } from './place-labels.ts';

const AREA = { width: 300, height: 200, labelHeight: 14 };

describe('placeLabels', () => {
  it('puts a lone label beside its point, on the left where the right has no room', () => {
    expect(placeLabels([{ x: 50, y: 100, width: 80 }], [], AREA)).toEqual([{ x: 58, y: 100 }]);
    expect(placeLabels([{ x: 280, y: 100, width: 80 }], [], AREA)).toEqual([{ x: 192, y: 100 }]);
  });

  it('keeps labels of points that coincide apart, inside the area', () => {
    const requests = Array.from({ length: 6 }, () => ({ x: 50, y: 195, width: 80 }));
    const heights = placeLabels(requests, [], AREA)
      .map(({ y }) => y)
      .sort((a, b) => a - b);
    for (let i = 1; i < heights.length; i++) expect(heights[i]! - heights[i - 1]!).toBeGreaterThanOrEqual(14);
    expect(heights.at(-1)).toBeLessThanOrEqual(193);
  });

  it('does not cover a point', () => {
    const [label] = placeLabels([{ x: 50, y: 100, width: 80 }], [{ x: 90, y: 100 }], AREA);
    expect(Math.abs(label!.y - 100)).toBeGreaterThanOrEqual(14);
  });

  it('still answers when there is no room at all', () => {
    const crowd = Array.from({ length: 40 }, () => ({ x: 50, y: 10, width: 80 }));
    expect(placeLabels(crowd, [], { ...AREA, height: 28 })).toHaveLength(40);
  });
});
