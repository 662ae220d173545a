import { describe, expect, it } from 'vitest';
import { sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import type { RunEvent } from '../workers/api.ts';
import {
  failedAfter,
  IDLE,
  isActive,
  nextAnnouncement,
  overallFraction,
  progressAfter,
  progressText,
  type RunProgress,
} from './run-progress.ts';

const A = 'kernel/a/x:m=1';
const B = 'kernel/b/x:m=1';
const empty = { ...sampleSession([]), state: 'running' as const, order: [A, B] };
const planned: RunEvent = {
  type: 'planned',
  cases: [
    { id: A, estimateSeconds: 3 },
    { id: B, estimateSeconds: 1 },
  ],
  session: empty,
};
const startedA: RunEvent = { type: 'started', id: A, index: 0, total: 2, secondsLeft: 4 };
const rowA: RunEvent = { type: 'row', row: sampleRow(A, [1]), secondsLeft: 1 };
const reached = (...events: RunEvent[]): RunProgress =>
  events.reduce(progressAfter, { ...IDLE, phase: 'planning' } as RunProgress);

describe('progressAfter', () => {
  it('follows a run from plan to end', () => {
    const midway = reached(planned, startedA, { type: 'phase', id: A, phase: 'verify', fraction: 0.5 });
    expect(midway).toMatchObject({ phase: 'running', current: { id: A, index: 0 }, step: { name: 'verify' } });
    const landed = progressAfter(midway, rowA);
    expect(landed.session?.rows.map(({ id }) => id)).toEqual([A]);
    expect(landed).toMatchObject({ step: null, secondsLeft: 1 });
    const done = progressAfter(landed, { type: 'done', session: sampleSession([sampleRow(A, [1])]) });
    expect(done).toMatchObject({ phase: 'done', current: null, secondsLeft: null });
    expect(isActive(done)).toBe(false);
  });

  it('holds the text a model writes, with the rate of each generation that is over', () => {
    const piece = { type: 'text', id: A, prompt: 'To', text: ' be', tokens: 1, tokensPerSecond: null } as const;
    const over = { ...piece, text: ' be or', tokens: 2, tokensPerSecond: 50 } as const;
    const midway = reached(planned, startedA, piece, over, { ...over, tokensPerSecond: 60 });
    expect(midway.writing).toEqual({ id: A, prompt: 'To', text: ' be or', tokens: 2, rates: [50, 60] });
    // It stays to be read when the case is over, and gives way to the next one's.
    expect(progressAfter(midway, rowA).writing).toEqual(midway.writing);
    expect(progressAfter(midway, { ...piece, id: B }).writing).toMatchObject({ id: B, rates: [] });
  });

  it('tells how far a download is, until the plan is known', () => {
    const half = reached({ type: 'download', file: 'model.gguf', bytes: 1.2e9, total: 2.4e9 });
    expect(progressText(half)).toBe('Downloading model.gguf: 1.20 GB of 2.40 GB');
    expect(overallFraction(half)).toBe(0.5);
    expect(progressAfter(half, planned).download).toBeNull();
  });

  it('stays cancelling until the end says cancelled, and keeps finished rows', () => {
    const cancelling: RunProgress = { ...reached(planned, startedA, rowA), phase: 'cancelling' };
    expect(progressAfter(cancelling, startedA).phase).toBe('cancelling');
    const session = sampleSession([sampleRow(A, [1])], { state: 'cancelled', order: [A, B] });
    const end = progressAfter(cancelling, { type: 'done', session });
    expect(end).toMatchObject({ phase: 'cancelled' });
    expect(progressText(end)).toBe('Cancelled: 1 case of 2 kept');
  });

  it('keeps finished rows of a crash, in a session that says so', () => {
    const crashed = failedAfter(reached(planned, startedA, rowA));
    expect(crashed).toMatchObject({ phase: 'failed', session: { state: 'crashed' } });
    expect(crashed.session?.rows).toHaveLength(1);
  });
});

describe('overallFraction', () => {
  it('weighs cases by their estimates', () => {
    expect(overallFraction(reached(planned, startedA))).toBe(0);
    expect(overallFraction(reached(planned, startedA, { type: 'phase', id: A, phase: 'x', fraction: 0.5 }))).toBe(
      0.375,
    );
    expect(overallFraction(reached(planned, startedA, rowA))).toBe(0.75);
  });

  it('counts cases alike without estimates, and never exceeds 1', () => {
    const blind: RunEvent = {
      type: 'planned',
      cases: [A, B].map((id) => ({ id, estimateSeconds: null })),
      session: empty,
    };
    expect(overallFraction(reached(blind, rowA))).toBe(0.5);
    expect(overallFraction(reached(blind, rowA, rowA, rowA))).toBe(1);
    const weightless = { ...blind, cases: [{ id: A, estimateSeconds: 0 }] };
    expect(overallFraction(reached(weightless))).toBe(0);
  });
});

describe('progressText', () => {
  it('says where the run is and how long it takes', () => {
    expect(progressText(reached(planned, startedA))).toBe('Case 1 of 2: a x · m=1; about 4 s left');
    expect(progressText(IDLE)).toBe('');
  });
});

describe('nextAnnouncement', () => {
  const first = { text: '', atMs: 0, fraction: 0, phase: 'running' } as const;

  it('is silent between tenths and within ten seconds', () => {
    expect(nextAnnouncement(first, reached(planned, startedA), 5000)).toBe(first);
  });

  it('speaks after ten seconds, after a tenth, and at a change of phase', () => {
    expect(nextAnnouncement(first, reached(planned, startedA), 10_000).text).toContain('Case 1 of 2');
    expect(nextAnnouncement(first, reached(planned, startedA, rowA), 100).fraction).toBe(0.75);
    expect(nextAnnouncement(first, failedAfter(reached(planned)), 100).text).toContain('Failed after 0 cases');
  });
});
