import { describe, expect, it } from 'vitest';
import { fakeExecutor } from '../bench/fake-executor.ts';
import type { Params } from '../core/case-id.ts';
import { type OpenedCandidate, PART, tune } from './tune.ts';
import type { Candidate } from './tune-order.ts';

interface Script {
  readonly variant?: string;
  readonly point?: Params;
  /** ns an operation, call after call, over and over. */
  readonly times?: readonly number[];
  /** By the fake clock; none is there at once. */
  readonly compileMs?: number;
  /** ns of a part's first launch; a PART of the first time by default. */
  readonly partNs?: number;
  readonly openMs?: number;
  readonly wrong?: string;
  readonly throws?: string;
}

/** Candidates that do what their script says, on a clock that only they move. */
async function tuneOf(
  scripts: Readonly<Record<string, Script>>,
  budgetMs = 1000,
  controller = new AbortController(),
  quantumNs = 1,
) {
  let nowMs = 0;
  const compiling: { readonly untilMs: number; done(): void }[] = [];
  /** Whatever was timed while something compiled, ms of the clock. */
  const disturbed: number[] = [];
  const closed: string[] = [];
  const opened: string[] = [];
  const verified: string[] = [];
  const candidates = Object.entries(scripts).map(
    ([id, { variant = id, point = {} }]): Candidate => ({ id, variant, point }),
  );
  const executorOf = (times: readonly number[]) =>
    fakeExecutor((count, call) => {
      const ns = times[call % times.length]! * count;
      if (compiling.some(({ untilMs }) => untilMs > nowMs)) disturbed.push(nowMs);
      nowMs += ns / 1e6;
      return { wallNs: ns, gpuNs: ns };
    });
  const table = await tune(candidates, {
    timer: { kind: 'timestamp', quantumNs, completionNs: 0 },
    budgetMs,
    warmMs: 0,
    compiledAtOnce: 4,
    signal: controller.signal,
    phase: () => {},
    now: () => nowMs,
    wait: async (ms) => {
      nowMs += ms;
      for (const { untilMs, done } of compiling) if (untilMs <= nowMs) done();
    },
    compile: async ({ id }) => {
      const { compileMs } = scripts[id]!;
      if (compileMs !== undefined)
        await new Promise<void>((done) => compiling.push({ untilMs: nowMs + compileMs, done }));
    },
    open: async ({ id }): Promise<OpenedCandidate> => {
      const { times = [1e5], openMs = 1, wrong, throws, partNs = times[0]! * PART } = scripts[id]!;
      nowMs += openMs;
      opened.push(id);
      if (throws !== undefined) throw new Error(throws);
      return {
        executor: executorOf(times),
        part: async () => {
          nowMs += partNs / 1e6;
          return partNs;
        },
        verify: async () => {
          verified.push(id);
          nowMs += times[0]! / 1e6;
          return wrong ?? null;
        },
        close: () => closed.push(id),
      };
    },
  });
  const states = Object.fromEntries(table.candidates.map(({ id, state }) => [id, state]));
  return { table, states, closed: closed.sort(), opened, verified, disturbed, nowMs };
}

describe('tune', () => {
  it('chooses the fastest, and keeps every candidate in the table with its time', async () => {
    const { table, states, closed } = await tuneOf({
      naive: { times: [9e5] },
      near: { times: [1.05e5, 1.06e5, 1.04e5] },
      best: { times: [1e5, 1.01e5, 0.99e5] },
    });
    expect(table).toMatchObject({ chosen: 'best', ended: 'confident' });
    expect(states).toEqual({ naive: 'slower', near: 'slower', best: 'chosen' });
    const [naive, near, best] = table.candidates;
    expect(naive).toMatchObject({ trialNs: 9e5 });
    expect(naive!.blocks).toBeUndefined();
    expect(near!.ratio).toBeCloseTo(1.05, 2);
    expect(near!.ratioLo).toBeGreaterThan(1);
    expect(best!.timeNs).toBeCloseTo(1e5, -3);
    expect(closed).toEqual(['best', 'naive', 'near']);
  });

  it('never chooses a wrong one, however fast, nor one that fails', async () => {
    const { table, states } = await tuneOf({
      slow: { times: [5e5] },
      wrong: { times: [1], wrong: 'disagrees' },
      broken: { throws: 'does not compile\nsource' },
    });
    expect(table.chosen).toBe('slow');
    expect(states).toEqual({ slow: 'chosen', wrong: 'wrong', broken: 'error' });
    expect(table.candidates[1]!.reason).toBe('disagrees');
    expect(table.candidates[2]!.reason).toBe('does not compile');
  });

  it('has no choice where nothing is right', async () => {
    const { table } = await tuneOf({ a: { wrong: 'x' }, b: { throws: 'y' } });
    expect(table.chosen).toBeNull();
  });

  it('stays within its time: what it did not get to is noted as untried', async () => {
    const many: Record<string, Script> = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`p${i}`, { variant: 'v', point: { a: i }, openMs: 40 }]),
    );
    const { table, opened, nowMs } = await tuneOf(many);
    expect(nowMs).toBeLessThan(1000);
    expect(opened.length).toBeGreaterThan(10);
    expect(table.chosen).not.toBeNull();
    expect(table.ended).toBe('deadline');
    const untried = table.candidates.filter(({ state }) => state === 'untried');
    expect(untried.length).toBe(40 - opened.length);
    expect(untried[0]!.reason).toBe('no time left');
  });

  it('never runs as a whole what a part of it shows to be hopeless, or too long for the time left', async () => {
    const { states, verified, table, nowMs } = await tuneOf({
      endless: { times: [9e10] },
      hopeless: { times: [30e6] },
      best: { times: [1e6] },
    });
    expect(states).toEqual({ endless: 'slower', hopeless: 'slower', best: 'chosen' });
    expect(verified).toEqual(['best']);
    expect(table.candidates[1]!.reason).toBe('a part of it takes longer than the best does');
    expect(nowMs).toBeLessThan(9e4 * PART + 1000);
    expect((await tuneOf({ endless: { times: [9e10] } })).states).toEqual({ endless: 'untried' });
  });

  it('believes no part that is shorter than the timer can tell, or than a first launch may take', async () => {
    // The last of a family goes first.
    const scripts = { best: { times: [1e4], partNs: 9e4 }, slow: { times: [2e4] } };
    expect((await tuneOf(scripts)).table.chosen).toBe('best');
    // Three steps of a coarse timer.
    const coarse = { best: { times: [1e5], partNs: 3e6 }, slow: { times: [2e5] } };
    expect((await tuneOf(coarse, 1000, new AbortController(), 1e6)).table.chosen).toBe('best');
    expect((await tuneOf(coarse)).states).toEqual({ slow: 'chosen', best: 'slower' });
  });

  it('does not try what compiles too long, and times nothing until it is done', async () => {
    const { states, table, disturbed, nowMs } = await tuneOf({ quick: {}, late: { compileMs: 5000 } });
    expect(states).toEqual({ quick: 'chosen', late: 'untried' });
    expect(table.candidates[1]!.reason).toBe('took longer to compile than there was time');
    expect(disturbed).toEqual([]);
    expect(nowMs).toBeGreaterThanOrEqual(5000);
    // The wait is not taken from the race.
    expect(table.candidates[0]!.blocks).toBeGreaterThanOrEqual(1);
  });

  it('says what was still compiling while the others were timed', async () => {
    const { states, table, disturbed } = await tuneOf({ quick: {}, endless: { compileMs: 1e9 } });
    expect(states).toEqual({ quick: 'chosen', endless: 'untried' });
    expect(table.candidates[1]!.reason).toBe('was still compiling after 30 s more, while others were timed');
    expect(disturbed.length).toBeGreaterThan(0);
  });

  it('finds a better point two steps from the default', async () => {
    const times = (ns: number): Script['times'] => [ns, 1.001 * ns];
    const { table } = await tuneOf({
      default: { variant: 'v', times: times(2e5) },
      a: { variant: 'v', point: { a: 1 }, times: times(1.5e5) },
      ab: { variant: 'v', point: { a: 1, b: 1 }, times: times(1e5) },
      b: { variant: 'v', point: { b: 1 }, times: times(3e5) },
    });
    expect(table.chosen).toBe('ab');
  });

  it('ends with the signal and closes what is open', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stop'));
    await expect(tuneOf({ a: {} }, 1000, controller)).rejects.toThrow('stop');
  });
});
