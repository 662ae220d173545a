import { describe, expect, it } from 'vitest';
import { compareFiles } from '../results/compare.ts';
import { fileOf, only, singles } from '../results/testdata/compare-helpers.ts';
import { forestAxis, forestMark, shareOf } from './forest.ts';

const base = fileOf('base', singles(1000, 1001, 999));
const slow = only(base, fileOf('slow', singles(1200, 1201, 1199)));
const wild = only(base, fileOf('wild', singles(100, 9000, 90_000)));

describe('the axis', () => {
  it('has 1 in its middle and holds every interval', () => {
    const axis = forestAxis([slow]);
    expect(axis.lo * axis.hi).toBeCloseTo(1, 12);
    expect(axis.hi).toBeCloseTo(slow.estimate!.interval.hi, 12);
    expect(shareOf(1, axis)).toBeCloseTo(0.5, 12);
  });

  it('shows noise small and cuts what is wild', () => {
    const same = only(base, base);
    expect(forestAxis([same]).hi).toBe(1.05);
    expect(forestAxis([wild]).hi).toBeCloseTo(8, 12);
    expect(forestAxis([])).toMatchObject({ hi: 1.05 });
  });

  it('keeps its texts apart', () => {
    for (const rows of [[slow], [wild], []]) {
      const axis = forestAxis(rows);
      const places = axis.ticks.map((tick) => shareOf(tick, axis));
      expect(axis.ticks).toContain(1);
      expect(axis.ticks.length).toBeGreaterThanOrEqual(3);
      for (const [i, place] of places.slice(1).entries()) expect(place - places[i]!).toBeGreaterThanOrEqual(0.17);
    }
  });
});

describe('a mark', () => {
  it('stands beyond its threshold band when the row is slower', () => {
    const mark = forestMark(slow, forestAxis([slow]))!;
    expect(slow.verdict).toBe('slower');
    expect(mark.lo).toBeGreaterThan(mark.band.hi);
    expect(mark).toMatchObject({ beyondLo: false, beyondHi: false });
    expect(mark.at).toBeGreaterThan(mark.lo);
    expect(mark.band.lo + mark.band.hi).toBeCloseTo(1, 12);
  });

  it('says where its interval is cut off', () => {
    expect(forestMark(wild, forestAxis([wild]))).toMatchObject({ lo: 0, hi: 1, beyondLo: true, beyondHi: true });
  });

  it('is absent without a ratio', () => {
    const zero = compareFiles(base, fileOf('zero', singles(0, 0, 0))).rows[0]!;
    expect(forestMark(zero, forestAxis([zero]))).toBeNull();
  });
});
