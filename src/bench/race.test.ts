import { describe, expect, it } from 'vitest';
import { fakeExecutor } from './fake-executor.ts';
import type { TimerUse } from './measure.ts';
import { perOperationNs, race } from './race.ts';

const timer: TimerUse = { kind: 'timestamp', quantumNs: 1, completionNs: 0 };

/** Runners whose calls take these ns an operation, over and over, and move a clock of ms along. */
function raceOf(
  times: Readonly<Record<string, readonly number[]>>,
  deadlineMs = 1e9,
  controller = new AbortController(),
) {
  let nowMs = 0;
  const asked: string[] = [];
  const runners = Object.entries(times).map(([id, list]) => ({
    id,
    count: 2,
    executor: fakeExecutor((count, call) => {
      asked.push(id);
      const ns = list[call % list.length]! * count;
      nowMs += ns / 1e6;
      return { wallNs: ns, gpuNs: ns };
    }),
  }));
  const settings = { timer, deadlineMs, now: () => nowMs, signal: controller.signal };
  return { outcome: race(runners, settings), asked };
}

describe('race', () => {
  it('runs forwards and backwards, so that a drift in a line hits all alike', async () => {
    const { outcome, asked } = raceOf({ a: [100, 130], b: [110, 120], c: [300] });
    const { standings } = await outcome;
    expect(asked.slice(0, 6)).toEqual(['a', 'b', 'c', 'c', 'b', 'a']);
    expect(standings.map(({ blocks }) => blocks[0])).toEqual([115, 115, 300]);
  });

  it('drops the hopeless after two blocks and the slower on confidence, and ends with one', async () => {
    const { outcome, asked } = raceOf({ slow: [200, 200], near: [103, 103.2, 102.8], best: [100, 100.2, 99.8] });
    const { standings, ended } = await outcome;
    expect(ended).toBe('confident');
    expect(standings.map(({ id, state, blocks }) => [id, state, blocks.length])).toEqual([
      ['slow', 'slower', 2],
      ['near', 'slower', 3],
      ['best', 'first', 3],
    ]);
    expect(standings[0]!.ratio).toBeCloseTo(2, 2);
    expect(standings[1]!.interval!.lo).toBeGreaterThan(1);
    expect(asked.filter((id) => id === 'slow')).toHaveLength(4);
  });

  it('stops when what is left is the same within one percent', async () => {
    const { outcome } = raceOf({ a: [100, 100.1, 99.9, 100], b: [100.1, 99.9, 100, 100.1] });
    const { standings, ended } = await outcome;
    expect(ended).toBe('confident');
    expect(new Set(standings.map(({ state }) => state))).toEqual(new Set(['first', 'equal']));
  });

  it('stops at the deadline and says who was not told apart', async () => {
    // Blocks of 2 × 2 × 2 × 100 ns = 0.0008 ms.
    const { outcome } = raceOf({ a: [100, 160, 90, 140], b: [90, 140, 100, 160] }, 0.004);
    const { standings, ended } = await outcome;
    expect(ended).toBe('deadline');
    expect(standings.map(({ state }) => state).sort()).toEqual(['first', 'open']);
  });

  it('times a single runner once', async () => {
    const { outcome, asked } = raceOf({ only: [100] });
    expect((await outcome).standings).toEqual([
      { id: 'only', blocks: [100], state: 'first', ratio: 1, interval: null },
    ]);
    expect(asked).toHaveLength(2);
  });

  it('ends with the signal', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stop'));
    await expect(raceOf({ a: [1], b: [2] }, 1e9, controller).outcome).rejects.toThrow('stop');
  });
});

describe('perOperationNs', () => {
  it('takes GPU time, and wall time less the wait where there is none', () => {
    expect(perOperationNs({ gpuNs: 100, wallNs: 900 }, 2, timer)).toBe(50);
    const wall: TimerUse = { kind: 'wall-slope', quantumNs: 1, completionNs: 300 };
    expect(perOperationNs({ gpuNs: null, wallNs: 900 }, 2, wall)).toBe(300);
    expect(perOperationNs({ gpuNs: null, wallNs: 200 }, 2, wall)).toBe(1);
  });
});
