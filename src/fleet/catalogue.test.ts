import { describe, expect, it } from 'vitest';
import { allConstants, findConstant } from './catalogue.ts';
import { drawAt, latinColumn, Z } from './draws.ts';
import { SETTINGS, type SettingSpec } from './scenario-settings.ts';

describe('catalogue', () => {
  it('gives every constant a source and a year', () => {
    for (const entry of allConstants()) {
      expect(entry.source.length, JSON.stringify(entry)).toBeGreaterThan(15);
      expect(entry.date).toMatch(/^20\d\d(-\d\d){0,2}$/);
    }
  });

  it('names a range for all that is uncertain', () => {
    for (const { id, lo, hi, shape } of allConstants()) expect(lo === hi, id).toBe(shape === 'fixed');
  });

  it('holds what its settings point at', () => {
    for (const spec of Object.values(SETTINGS) as SettingSpec[]) {
      if (spec.type === 'prior') expect(findConstant(spec.constant).shape).not.toBe('fixed');
    }
  });

  it('lists the known names for an unknown one', () => {
    expect(() => findConstant('power/gpt')).toThrow(/^unknown fleet constant 'power\/gpt'.*Known: fleet\/rubin-share/);
  });
});

describe('drawAt', () => {
  it('meets the median and both ends of every range', () => {
    for (const constant of allConstants()) {
      const z = Z[constant.coverage];
      expect(drawAt(constant, 0)).toBeCloseTo(constant.value, 9);
      expect(drawAt(constant, -z)).toBeCloseTo(constant.lo, 9);
      expect(drawAt(constant, z)).toBeCloseTo(constant.hi, 9);
    }
  });
});

describe('latinColumn', () => {
  it('holds one z of every stratum, in an order of the id’s own', () => {
    const [a, b] = [latinColumn('a', 1, 64), latinColumn('b', 1, 64)];
    expect([...a].sort((x, y) => x - y)).toEqual([...b].sort((x, y) => x - y));
    expect([...a]).not.toEqual([...b]);
    const mean = a.reduce((sum, z) => sum + z, 0) / 64;
    const square = a.reduce((sum, z) => sum + z * z, 0) / 64;
    expect(mean).toBeCloseTo(0, 9);
    expect(square).toBeCloseTo(1, 1);
    expect(Math.abs(a.reduce((sum, z, i) => sum + z * b[i]!, 0) / 64)).toBeLessThan(0.4);
  });
});
