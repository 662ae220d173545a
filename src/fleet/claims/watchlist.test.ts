import { describe, expect, it } from 'vitest';
import { normalCdf } from '../../core/normal.ts';
import { scoreOf, WATCHLIST, watch } from './watchlist.ts';

const normal = {
  id: 'x',
  forecast: {
    kind: 'log-normal',
    p50: 100,
    p10: 100 / Math.exp(0.3 * 1.2815515655),
    p90: 100 * Math.exp(0.3 * 1.2815515655),
  },
} as const;

/** Gneiting and Raftery 2007, eq. 21. */
function normalCrps(sd: number, distance: number): number {
  const z = distance / sd;
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return sd * (z * (2 * normalCdf(z) - 1) + 2 * density - 1 / Math.sqrt(Math.PI));
}

describe('watchlist', () => {
  it('is dated, sourced and open', () => {
    expect(WATCHLIST.length).toBeGreaterThanOrEqual(6);
    expect(new Set(WATCHLIST.map(({ id }) => id)).size).toBe(WATCHLIST.length);
    for (const { forecast, id } of WATCHLIST) {
      if (forecast.kind === 'log-normal')
        expect(forecast.p10 < forecast.p50 && forecast.p50 < forecast.p90, id).toBe(true);
    }
    expect(watch({}).every(({ score, outcome }) => (score === null) === (outcome === null))).toBe(true);
  });

  it('scores a continuous forecast by the CRPS, as in closed form', () => {
    for (const outcome of [20, 90, 100, 150, 1000]) {
      const score = scoreOf(normal, outcome);
      expect(score.value).toBeCloseTo(normalCrps(0.3, Math.log(outcome / 100)), 4);
    }
    const hit = scoreOf(normal, 100);
    expect(hit.value).toBeLessThan(hit.uninformed);
    expect(hit.logScore).toBeCloseTo(Math.log(0.3 * Math.sqrt(2 * Math.PI)), 6);
    const miss = scoreOf(normal, 1000);
    expect(miss.value).toBeGreaterThan(miss.uninformed);
  });

  it('scores yes and no by Brier', () => {
    const item = { id: 'y', forecast: { kind: 'binary', probability: 0.2 } } as const;
    expect(scoreOf(item, 0)).toMatchObject({ name: 'Brier', uninformed: 0.25 });
    expect(scoreOf(item, 0).value).toBeCloseTo(0.04, 12);
    expect(scoreOf(item, 1).value).toBeCloseTo(0.64, 12);
    expect(scoreOf(item, 1).logScore).toBeCloseTo(Math.log(5), 12);
  });

  it('refuses an outcome that cannot be', () => {
    expect(() => watch({ weather: 1 })).toThrow("unknown watchlist item 'weather'. Known: delivered-2026");
    expect(() => watch({ 'lpx-instance': 0.5 })).toThrow('its outcome is 1 or 0, not 0.5');
    expect(() => watch({ 'nvidia-fiscal-2027': -1 })).toThrow('its outcome is a number above 0, not -1');
  });
});
