import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaseHooks } from '../bench/outcome.ts';
import { LEAST_PATIENCE_MS, NoAnswer, patienceFor, watched } from './watchdog.ts';

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const forever = new Promise<never>(() => {});

describe('watched', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A run under watch with 60 s of patience, its end written down when it has one. */
  const start = (run: (hooks: CaseHooks) => Promise<unknown>, isPaused = () => false) => {
    const phases: string[] = [];
    const controller = new AbortController();
    const hooks: CaseHooks = { signal: controller.signal, phase: (name) => phases.push(name) };
    const state: { end: unknown } = { end: 'none yet' };
    watched(run, hooks, { patienceMs: 60_000, isPaused }).then(
      (value) => Object.assign(state, { end: value }),
      (error) => Object.assign(state, { end: error }),
    );
    return { state, phases, controller };
  };

  it('gives up a case that is silent, and tells it to stop should it wake up', async () => {
    let own: AbortSignal | undefined;
    const { state, phases } = start(async ({ signal, phase }) => {
      own = signal;
      await wait(90_000);
      phase('too late', null);
      signal.throwIfAborted();
    });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(state.end).toBe('none yet');
    await vi.advanceTimersByTimeAsync(2000);
    expect(state.end).toEqual(new NoAnswer('no answer for 60 s: given up'));
    expect(own!.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(phases).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<[string, (hooks: CaseHooks) => void]>([
    ['tells a phase', ({ phase }) => phase('sampling', null)],
    ['looks at its signal', ({ signal }) => signal.throwIfAborted()],
    ['asks whether it should stop', ({ signal }) => void signal.aborted],
  ])('lets a case go on for as long as it %s', async (_, sign) => {
    const { state } = start(async (hooks) => {
      for (let i = 0; i < 20; i++) {
        await wait(50_000);
        sign(hooks);
      }
      return 'done';
    });
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(state.end).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts no time of a hidden page', async () => {
    let isHidden = true;
    const { state } = start(
      () => forever,
      () => isHidden,
    );
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(state.end).toBe('none yet');
    isHidden = false;
    await vi.advanceTimersByTimeAsync(61_000);
    expect(state.end).toBeInstanceOf(NoAnswer);
  });

  it('counts no time in which the thread itself computes', async () => {
    const { state } = start(async () => {
      await wait(1000);
      vi.setSystemTime(Date.now() + 3_600_000);
      await wait(1000);
      return 'done';
    });
    await vi.advanceTimersByTimeAsync(3000);
    expect(state.end).toBe('done');
  });

  it('hands on its end, its failure and the signal’s own reason', async () => {
    expect(start(async () => 7).state).toBeDefined();
    const failing = start(() => Promise.reject(new Error('boom')));
    const cancelled = start(async ({ signal }) => {
      await wait(5000);
      signal.throwIfAborted();
    });
    cancelled.controller.abort(new Error('stop'));
    await vi.advanceTimersByTimeAsync(6000);
    expect([failing.state.end, cancelled.state.end]).toEqual([new Error('boom'), new Error('stop')]);
  });
});

it('has patience for a slow case, and never less than for a compiler', () => {
  expect([patienceFor(1), patienceFor(Number.NaN), patienceFor(600)]).toEqual([
    LEAST_PATIENCE_MS,
    LEAST_PATIENCE_MS,
    1_800_000,
  ]);
});
