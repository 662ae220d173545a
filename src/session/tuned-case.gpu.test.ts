import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import type { TuneStorage } from '../gpu/tune-memory.ts';
import { type NativeMachine, openNativeMachine } from '../native/machine.ts';
import { measurePlanFor } from './measure-plans.ts';
import { runTunedCase, TUNE_SECONDS } from './tuned-case.ts';

const ID = 'kernel/rmsnorm/tuned:rows=32;width=256;eps=0.00001';
const hooks = { signal: new AbortController().signal, phase: () => {} };

describe('a tuned case', () => {
  let machine: NativeMachine;
  const memory = new Map<string, string>();
  const tuneStorage: TuneStorage = {
    read: async (key) => memory.get(key) ?? null,
    write: async (key, text) => void memory.set(key, text),
  };
  beforeAll(async () => {
    machine = await openNativeMachine();
  });
  afterAll(() => machine.device.destroy());
  const run = (tune: string) => {
    const options = { ...DEFAULT_OPTIONS, tune, suite: 'smoke', samples: 2 };
    return runTunedCase({ ...machine, tuneStorage }, ID, options, measurePlanFor(options, machine.timer), hooks);
  };

  it('chooses among verified candidates within its time, measures the chosen one and remembers it', async () => {
    const raced = await run('cached');
    expect(raced).toMatchObject({ state: 'ok', verification: { state: 'passed' }, tuning: { from: 'race' } });
    expect(raced.tuning!.chosen).toMatch(/^kernel\/rmsnorm\/\w+:rows=32;width=256/);
    expect(raced.tuning!.candidates.some(({ state }) => state === 'slower')).toBe(true);
    expect(raced.tuning!.candidates.filter(({ state }) => state === 'wrong' || state === 'error')).toEqual([]);
    expect(raced.tuning!.seconds).toBeLessThan(2 * TUNE_SECONDS);
    const recalled = await run('cached');
    expect(recalled).toMatchObject({ state: 'ok', tuning: { from: 'memory', chosen: raced.tuning!.chosen } });
  });

  it('races anew when asked, and is skipped when tuning is off', async () => {
    expect(await run('full')).toMatchObject({ state: 'ok', tuning: { from: 'race' } });
    expect(await run('off')).toMatchObject({ state: 'skipped', reason: expect.stringContaining('--tune off') });
  });
});
