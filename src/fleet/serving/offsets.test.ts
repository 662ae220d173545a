import { describe, expect, it } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { invert, LEVELS, logInterval, multipliersFor, NORMAL, type Standardised } from './intervals.ts';
import { fitOffsets, type Residual } from './offsets.ts';

const residual = (model: string, value: number): Residual => ({ labels: { model }, value, noise: 0.1 });

describe('fitOffsets', () => {
  const offsets = fitOffsets([residual('a', 0.3), residual('a', 0.3), residual('b', -0.1)], { model: 0.2 }, 0.8);

  it('shrinks the mean of a label towards nothing: n τ² / (n τ² + σ²)', () => {
    const { mean, sd } = offsets.at({ model: 'a' });
    expect(mean).toBeCloseTo((0.3 * 2 * 0.04) / (2 * 0.04 + 0.01), 12);
    expect(sd).toBeCloseTo(Math.sqrt(0.04 - (0.04 * 0.04 * 2) / (2 * 0.04 + 0.01)), 12);
  });

  it('knows nothing of an unseen label but its prior', () => {
    expect(offsets.at({ model: 'c' })).toEqual({ mean: 0, sd: expect.closeTo(0.2, 12) });
  });

  it('judges each residual by the others alone', () => {
    const mean = (0.3 * 0.04) / (0.04 + 0.01);
    const variance = 0.04 - 0.04 ** 2 / 0.05 + 0.01;
    expect(offsets.leftOut[0]).toBeCloseTo((0.3 - mean) / Math.sqrt(variance), 9);
    expect(offsets.leftOut[2]).toBeCloseTo(-0.1 / Math.sqrt(0.05), 9);
  });

  it('does not let a misreported run drag its label along', () => {
    const { mean } = fitOffsets([residual('a', 5)], { model: 0.2 }, 0.8).at({ model: 'a' });
    expect(mean).toBeLessThan(0.8);
  });
});

describe('multipliersFor', () => {
  it('covers at its levels, also for groups whose noise is not normal', () => {
    const rng = createRng(7);
    const draw = (): number => rng.normal() * (rng.uniform() < 0.1 ? 5 : 1);
    const seen: Standardised[] = Array.from({ length: 400 }, () => ({ group: 'g', family: 'f', z: draw() }));
    const multipliers = multipliersFor(seen, 'g', 'f');
    const fresh = Array.from({ length: 20_000 }, draw);
    for (const level of LEVELS) {
      const covered = fresh.filter((z) => Math.abs(z) <= multipliers[level]).length / fresh.length;
      expect(Math.abs(covered - level)).toBeLessThan(0.05);
    }
  });

  it('takes the normal distribution where there is no residual at all', () => {
    expect(multipliersFor([], 'g', 'f')[0.5]).toBe(NORMAL[0.5]);
  });

  it('leans on the family while the group is small', () => {
    const family = Array.from(
      { length: 50 },
      (_, i): Standardised => ({ group: 'other', family: 'f', z: i % 2 ? 1 : -1 }),
    );
    const own: Standardised[] = [{ group: 'g', family: 'f', z: 9 }];
    expect(multipliersFor([...family, ...own], 'g', 'f')[0.5]).toBe(1);
  });
});

describe('logInterval', () => {
  it('nests, and turns over with 1/x', () => {
    const interval = logInterval(10, 0.1, 0.05, NORMAL);
    expect(interval.i95[0]).toBeLessThan(interval.i80[0]);
    expect(interval.i80[0]).toBeLessThan(interval.i50[0]);
    expect(Math.log(interval.i80[1] / 10)).toBeCloseTo(1.2816 * Math.hypot(0.1, 0.05), 9);
    const turned = invert(interval, 1000);
    expect(turned.p50).toBe(100);
    expect(turned.i80).toEqual([1000 / interval.i80[1], 1000 / interval.i80[0]]);
  });
});
