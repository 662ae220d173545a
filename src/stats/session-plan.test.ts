import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { bestSamplesPerSession, sessionsNeeded, varianceComponents } from './session-plan.ts';

describe('sessionsNeeded', () => {
  // Two-sample t test at 0.05 and power 0.80 (Cohen, Statistical Power Analysis, table 2.4.1): n a side by effect in sd.
  it.each([
    [0.5, 64],
    [0.8, 26],
    [1.0, 17],
    [1.4, 9],
  ])('an effect of %d sd needs %d a side', (effect, table) => {
    expect(Math.abs(sessionsNeeded(1, effect)! - table)).toBeLessThanOrEqual(1);
  });

  it('grows with noise, shrinks with the effect, and gives up on the hopeless', () => {
    expect(sessionsNeeded(0.02, Math.log(1.05))).toBeLessThan(sessionsNeeded(0.02, Math.log(1.03))!);
    expect(sessionsNeeded(0, 0.03)).toBe(2);
    expect(sessionsNeeded(1, 0.001)).toBeNull();
  });

  it('needs fewer pairs where a pair differs less than two sessions do', () => {
    expect(sessionsNeeded(0.02, 0.03, 1)).toBeLessThan(sessionsNeeded(0.02, 0.03, 2)!);
  });
});

describe('varianceComponents', () => {
  it('takes a small example apart by hand', () => {
    // Means 2 and 5, variance of means 4.5; variances inside 1 and 1, so T₂² = 4.5 − 1/3.
    const found = varianceComponents([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(found).toMatchObject({ within: 1, ofSessionMeans: 4.5, sessions: 2 });
    expect(found.between).toBeCloseTo(4.5 - 1 / 3, 12);
  });

  it('finds both levels of simulated noise again', () => {
    const rng = createRng(5);
    const sessions = Array.from({ length: 400 }, () => {
      const shift = 0.02 * rng.normal();
      return Array.from({ length: 20 }, () => shift + 0.01 * rng.normal());
    });
    const { within, between } = varianceComponents(sessions);
    expect(Math.sqrt(within)).toBeCloseTo(0.01, 3);
    expect(Math.sqrt(between)).toBeCloseTo(0.02, 2);
  });

  it('never gives a negative variance between sessions', () => {
    expect(
      varianceComponents([
        [1, 9],
        [9, 1],
        [5, 5.1],
      ]).between,
    ).toBe(0);
    expect(() => varianceComponents([[1, 2]])).toThrow(RangeError);
  });
});

it('bestSamplesPerSession weighs the cost of a session against its noise', () => {
  expect(bestSamplesPerSession({ within: 1, between: 4 }, 1, 400)).toBe(10);
  expect(bestSamplesPerSession({ within: 1, between: 100 }, 1, 1)).toBe(1);
  expect(bestSamplesPerSession({ within: 1, between: 0 }, 1, 1)).toBeNull();
});
