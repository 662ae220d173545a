import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import { fakeExecutor } from './fake-executor.ts';
import { type MeasurePlan, measure } from './measure.ts';
import type { CaseHooks } from './outcome.ts';

const hooks: CaseHooks = { signal: new AbortController().signal, phase: () => {} };
const plan = (overrides: Partial<MeasurePlan> = {}): MeasurePlan => ({
  timer: { kind: 'timestamp', quantumNs: 1, completionNs: 0 },
  minBatchNs: 1e6,
  sampleNs: 1e9,
  warmupNs: 1e9,
  minSamples: 6,
  maxSamples: 30,
  precision: -1,
  ...overrides,
});
/** Constant cost per operation, constant overhead per batch. */
const steady = (perOpNs: number, overheadNs = 0) =>
  fakeExecutor((count) => ({ gpuNs: count * perOpNs, wallNs: count * perOpNs + overheadNs }));

describe('measure', () => {
  it('sizes the batch to the longer of the minimum span and 100 quanta', async () => {
    const bySpan = await measure(steady(1000), plan(), hooks);
    expect(bySpan.metric.opsPerSample).toBeGreaterThanOrEqual(1000);
    const byQuantum = await measure(
      steady(1000),
      plan({ timer: { kind: 'timestamp', quantumNs: 65_536, completionNs: 0 } }),
      hooks,
    );
    expect(byQuantum.metric.opsPerSample * 1000).toBeGreaterThanOrEqual(6_553_600);
    expect(byQuantum.warnings).toEqual([]);
  });
  it('keeps every sample, per operation, and says how they were taken', async () => {
    const { metric } = await measure(steady(2e6), plan(), hooks);
    expect(metric).toMatchObject({ estimator: 'timestamp', opsPerSample: 1, unit: 'ns', excluded: [] });
    expect(metric.samples).toEqual(Array(30).fill(2e6));
  });
  it('cancels a constant overhead by the slope of wall time', async () => {
    const { metric } = await measure(
      steady(3e6, 100e6),
      plan({ timer: { kind: 'wall-slope', quantumNs: 5000, completionNs: 100e6 } }),
      hooks,
    );
    expect(metric.estimator).toBe('wall-slope');
    for (const sample of metric.samples) expect(sample).toBeCloseTo(3e6, 3);
  });
  it.each([
    [20e3, 12e6],
    [200e3, 12e6],
    [1e6, 100e6],
  ])('is right to 10 %% for an operation of %d ns behind a jittering wait of %d ns', async (perOpNs, waitNs) => {
    const rng = createRng(7);
    const executor = fakeExecutor((count) => ({
      gpuNs: null,
      wallNs: count * perOpNs - waitNs * Math.log(1 - rng.uniform()),
    }));
    const timer = { kind: 'wall-slope', quantumNs: 5000, completionNs: waitNs } as const;
    const { metric } = await measure(executor, plan({ timer, sampleNs: 1e12, maxSamples: 60 }), hooks);
    expect(Math.abs(median(sortSamples(metric.samples)) / perOpNs - 1)).toBeLessThan(0.1);
  });
  it('warms up until two blocks agree and keeps the warm-up apart', async () => {
    const executor = fakeExecutor((_, call) => ({ gpuNs: call < 12 ? 100e6 - call * 5e6 : 40e6, wallNs: 100e6 }));
    const { metric, warnings } = await measure(executor, plan({ warmupNs: 5e9 }), hooks);
    expect(metric.warmup.at(-1)).toBe(40e6);
    expect(metric.warmup.length).toBeGreaterThanOrEqual(11);
    expect(new Set(metric.samples)).toEqual(new Set([40e6]));
    expect(warnings).toEqual([]);
  });
  it('says so when it never settles or drifts', async () => {
    const executor = fakeExecutor((_, call) => ({ gpuNs: 100e6 * 1.05 ** call, wallNs: 100e6 }));
    const { warnings } = await measure(executor, plan(), hooks);
    expect(warnings.map((warning) => warning.name)).toEqual(['never-settled', 'not-steady']);
  });
  it('excludes timestamps that run backwards with their cause, deletes none', async () => {
    const executor = fakeExecutor((_, call) => ({ gpuNs: call % 10 === 9 ? -5 : 50e6, wallNs: 60e6 }));
    const { metric, warnings } = await measure(executor, plan(), hooks);
    expect(metric.samples.every((sample) => sample === 50e6)).toBe(true);
    expect(metric.excluded.length).toBeGreaterThan(0);
    expect(metric.excluded[0]).toMatchObject({ value: -5, cause: 'GPU timestamps not increasing' });
    expect(warnings.map((warning) => warning.name)).toContain('negative-timestamp');
  });
  it('excludes what was timed while something disturbed the machine, with that cause', async () => {
    let asked = 0;
    const disturbance = (): string | null => (++asked % 5 === 0 ? 'page hidden' : null);
    const { metric, warnings } = await measure(steady(2e6), plan(), { ...hooks, disturbance });
    expect(metric.samples).toHaveLength(30);
    expect(metric.excluded.map(({ cause }) => cause)).toEqual(Array(metric.excluded.length).fill('page hidden'));
    expect(metric.excluded.length).toBeGreaterThan(5);
    expect(warnings).toEqual([
      { name: 'disturbed', detail: expect.stringMatching(/^\d+ of \d+ samples excluded: page hidden$/) },
    ]);
  });
  it('gives up on a timer that never works instead of looping', async () => {
    const { metric, warnings } = await measure(
      fakeExecutor(() => ({ gpuNs: 0, wallNs: 60e6 })),
      plan({ warmupNs: 1e8 }),
      hooks,
    );
    expect(metric.samples).toEqual([]);
    expect(warnings.map((warning) => warning.name)).toContain('few-samples');
  });
  it('stops early once the interval is narrow enough, never before 20 samples', async () => {
    const { metric } = await measure(steady(2e6), plan({ precision: 0.01, maxSamples: 500 }), hooks);
    expect(metric.samples).toHaveLength(20);
  });
  it('stops between batches when aborted', async () => {
    const controller = new AbortController();
    const executor = fakeExecutor((_, call) => {
      if (call === 8) controller.abort(new Error('cancelled'));
      return { gpuNs: 2e6, wallNs: 2e6 };
    });
    await expect(measure(executor, plan(), { ...hooks, signal: controller.signal })).rejects.toThrow('cancelled');
    expect(executor.asked.length).toBe(9);
  });
});
