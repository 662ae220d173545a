import { expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { measurePlanFor } from './measure-plans.ts';

const timer = { kind: 'timestamp', quantumNs: 1, clockStepNs: 1, completionNs: 1, gpuOverWall: 1, reason: '' } as const;
const secondsOf = (more: object, isSoftware: boolean): number =>
  measurePlanFor({ ...DEFAULT_OPTIONS, ...more }, timer, isSoftware).sampleNs / 1e9;

it('the default suite spends less on a software adapter, a named case and every other suite the same', () => {
  expect(secondsOf({}, true)).toBeLessThan(secondsOf({}, false));
  for (const more of [{ filter: ['kernel/*'] }, { suite: 'full' }, { suite: 'smoke' }]) {
    expect(secondsOf(more, true)).toBe(secondsOf(more, false));
  }
});

it('--samples fixes their number in any suite', () => {
  expect(measurePlanFor({ ...DEFAULT_OPTIONS, samples: 9 }, timer, true)).toMatchObject({
    minSamples: 9,
    maxSamples: 9,
  });
});
