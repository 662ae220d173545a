import { describe, expect, it } from 'vitest';
import { placeOf, SLIDER_STEPS, valueAtPlace } from './slider-scale.ts';

const even = { min: 0, max: 1, integer: false };
const wide = { min: 1, max: 1e6, integer: true };

describe('slider scale', () => {
  it('meets both ends and the middle', () => {
    expect([valueAtPlace(0, even), valueAtPlace(500, even), valueAtPlace(SLIDER_STEPS, even)]).toEqual([0, 0.5, 1]);
    expect([valueAtPlace(0, wide), valueAtPlace(500, wide), valueAtPlace(SLIDER_STEPS, wide)]).toEqual([1, 1000, 1e6]);
  });
  it('finds its way back to within a step', () => {
    for (const range of [even, wide, { min: 0.01, max: 100, integer: false }]) {
      for (const place of [0, 13, 250, 777, 1000]) {
        expect(Math.abs(placeOf(valueAtPlace(place, range), range) - place)).toBeLessThan(
          range.integer && place < 300 ? 60 : 2,
        );
      }
    }
  });
  it('holds what lies outside at the end', () => {
    expect([placeOf(-1, even), placeOf(7, even)]).toEqual([0, SLIDER_STEPS]);
  });
});
