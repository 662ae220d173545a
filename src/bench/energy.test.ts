import { describe, expect, it } from 'vitest';
import { energyMetrics, joulesBetween, measureEnergy, type PowerMeter, type PowerSample } from './energy.ts';
import { fakeExecutor } from './fake-executor.ts';

const every = (stepMs: number, count: number, wattsAt: (ms: number) => number): PowerSample[] =>
  Array.from({ length: count }, (_, i) => ({ atMs: i * stepMs, watts: wattsAt(i * stepMs) }));
const meter = (samples: readonly PowerSample[]): PowerMeter => ({ source: 'meter', samples, close: () => {} });

describe('joulesBetween', () => {
  it('integrates constant and rising power exactly', () => {
    expect(
      joulesBetween(
        every(50, 41, () => 300),
        0,
        2000,
      ),
    ).toBeCloseTo(600, 9);
    expect(
      joulesBetween(
        every(50, 41, (ms) => ms / 10),
        0,
        2000,
      ),
    ).toBeCloseTo(200, 9);
  });
  it('takes the ends that no sample covers at the mean power', () => {
    expect(
      joulesBetween(
        every(100, 40, () => 100),
        450,
        1530,
      ),
    ).toBeCloseTo(108, 9);
  });
  it('is null with too few samples', () => {
    expect(
      joulesBetween(
        every(300, 10, () => 100),
        0,
        1000,
      ),
    ).toBeNull();
  });
});

describe('measureEnergy', () => {
  it('leaves the first second out and divides by the operations of each other one', async () => {
    let nowMs = 0;
    // 0.1 s a batch of 100 operations; 100 W while the power comes up, then 400 W.
    const executor = fakeExecutor((count) => {
      nowMs += 100;
      return { wallNs: count * 1e6, gpuNs: null };
    });
    const samples = every(50, 61, (ms) => (ms < 1000 ? 100 : 400));
    const metrics = await measureEnergy(executor, 1e6, meter(samples), new AbortController().signal, () => nowMs);
    expect(executor.asked[0]).toBe(100);
    expect(metrics).toMatchObject([
      { name: 'energy', unit: 'J', opsPerSample: 1000 },
      { name: 'power', unit: 'W' },
    ]);
    const [energy, power] = metrics as Exclude<typeof metrics, string>;
    for (const value of energy!.samples) expect(value).toBeCloseTo(0.4, 9);
    for (const value of power!.samples) expect(value).toBeCloseTo(400, 9);
    expect(energy!.samples).toHaveLength(2);
  });
  it('says why there is no figure', () => {
    expect(energyMetrics([{ fromMs: 0, toMs: 1000, operations: 5 }], meter([]))).toBe(
      'meter gave too few samples in 1 s',
    );
  });
});
