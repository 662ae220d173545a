import { describe, expect, it } from 'vitest';
import { energyMetrics, energyOf, joulesBetween, measureEnergy, type PowerMeter, type PowerSample } from './energy.ts';

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
  const signal = new AbortController().signal;
  /** A clock that only work moves: 0.1 s a turn, 100 operations. */
  const worker = (each: 'operation' | 'token') => {
    let nowMs = 0;
    const run = async (): Promise<number> => {
      nowMs += 100;
      return 100;
    };
    return { work: { each, run }, now: () => nowMs };
  };
  it('leaves the first second out and divides by the operations of each other one', async () => {
    const { work, now } = worker('operation');
    // 100 W while the power comes up, then 400 W.
    const samples = every(50, 61, (ms) => (ms < 1000 ? 100 : 400));
    const metrics = await measureEnergy(work, meter(samples), signal, now);
    expect(metrics).toMatchObject([
      { name: 'energy', unit: 'J', opsPerSample: 1000, definition: 'energy/power-integral' },
      { name: 'power', unit: 'W' },
    ]);
    const [energy, power] = metrics as Exclude<typeof metrics, string>;
    for (const value of energy!.samples) expect(value).toBeCloseTo(0.4, 9);
    for (const value of power!.samples) expect(value).toBeCloseTo(400, 9);
    expect(energy!.samples).toHaveLength(2);
  });
  it('gives joules a token, and tokens a joule', async () => {
    const { work, now } = worker('token');
    const metrics = await measureEnergy(work, meter(every(50, 61, () => 400)), signal, now);
    expect(metrics).toMatchObject([
      { name: 'energy', unit: 'J', better: 'lower', definition: 'energy/new-token' },
      { name: 'power', unit: 'W' },
      { name: 'tokens-per-joule', unit: 'tokens/J', better: 'higher' },
    ]);
    const [energy, , yields] = metrics as Exclude<typeof metrics, string>;
    for (const value of energy!.samples) expect(value).toBeCloseTo(0.4, 9);
    for (const value of yields!.samples) expect(value).toBeCloseTo(2.5, 9);
  });
  it('waits in the stretch that does not count until the meter tells', async () => {
    const { work, now } = worker('operation');
    const late: PowerMeter = {
      source: 'meter',
      // Started 3 s ago.
      get samples() {
        return every(50, 200, () => 400).filter(({ atMs }) => atMs >= 3000 && atMs <= now());
      },
      close: () => {},
    };
    const [energy] = (await measureEnergy(work, late, signal, now)) as { samples: number[] }[];
    expect(energy!.samples).toHaveLength(2);
    const silent = worker('operation');
    expect(await measureEnergy(silent.work, meter([]), signal, silent.now)).toBe('meter gave too few samples in 1 s');
    expect(silent.now()).toBeLessThan(15_000);
  });
  it('says why there is no figure', () => {
    expect(energyMetrics([{ fromMs: 0, toMs: 1000, operations: 5 }], meter([]), 'operation')).toBe(
      'meter gave too few samples in 1 s',
    );
  });
});

describe('energyOf', () => {
  const hooks = { signal: new AbortController().signal, phase: () => {} };
  it('starts the meter for this work alone and stops it, also when the work fails or is called off', async () => {
    const open = new Set<PowerMeter>();
    const start = (): PowerMeter => {
      const own: PowerMeter = { source: 'meter', samples: [], close: () => void open.delete(own) };
      open.add(own);
      return own;
    };
    const failing = { each: 'operation', run: () => Promise.reject(new Error('lost')) } as const;
    await expect(energyOf(start, failing, hooks)).rejects.toThrow('lost');
    expect(open.size).toBe(0);
    const controller = new AbortController();
    const run = async (): Promise<number> => {
      expect(open.size).toBe(1);
      controller.abort(new Error('stop'));
      return 1;
    };
    const aborted = energyOf(start, { each: 'operation', run }, { ...hooks, signal: controller.signal });
    await expect(aborted).rejects.toThrow('stop');
    expect(open.size).toBe(0);
  });
  it('works for nothing where there is no meter, and says why', async () => {
    const work = { each: 'operation', run: () => Promise.reject(new Error('worked')) } as const;
    expect(await energyOf('no nvidia-smi', work, hooks)).toEqual({
      metrics: [],
      facts: { energy: 'not measured: no nvidia-smi' },
    });
    expect(await energyOf(undefined, work, hooks)).toEqual({ metrics: [], facts: {} });
  });
});
