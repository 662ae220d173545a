import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { crossCheck, quantumOf, wallClockStepNs } from './clock.ts';

/** Readings of a clock with this step at random times. */
function readings(stepNs: number, seed = 1): number[] {
  const rng = createRng(seed);
  return Array.from({ length: 128 }, () => Math.round(Math.floor(rng.uniform() * 2000) * stepNs));
}

describe('quantumOf', () => {
  it.each([65_536, 100_000, 1000, 41, 1])('finds a step of %i ns', (step) =>
    expect(quantumOf(readings(step))).toBe(step),
  );
  it('calls a step finer than whole ns 1 ns', () => expect(quantumOf(readings(52.083))).toBe(1));
  it('is null for a clock that stands still', () => expect(quantumOf([7, 7, 7])).toBeNull());
});

it('wallClockStepNs finds the step of a coarse clock', () => {
  let calls = 0;
  expect(wallClockStepNs(() => Math.floor(calls++ / 7) * 0.1)).toBe(100_000);
  calls = 0;
  expect(wallClockStepNs(() => Math.floor(calls++ / 3) * 0.005)).toBe(5000);
});

describe('crossCheck', () => {
  const runs = (count: number, gpuPer: number, wallPer: number, overhead = 5e6) =>
    [0.99, 1, 1.01].map((f) => ({ count, gpuNs: count * gpuPer * f, wallNs: count * wallPer * f + overhead }));
  it('trusts clocks that agree, whatever the constant overhead', () => {
    expect(crossCheck(runs(10, 1e6, 1e6), runs(20, 1e6, 1e6))).toEqual({ gpuOverWall: 1, fault: null });
  });
  it('names a GPU clock that runs slow', () => {
    expect(crossCheck(runs(10, 1e4, 1e6), runs(20, 1e4, 1e6)).fault).toBe('GPU time is 1 % of wall time');
  });
  it('names a GPU clock that does not grow with the work', () => {
    const stuck = runs(10, 1e6, 1e6).map((run) => ({ ...run, gpuNs: 0 }));
    expect(crossCheck(stuck, stuck).fault).toBe('twice the work took 0 % of the GPU time');
  });
});
