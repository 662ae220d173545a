import { describe, expect, it, vi } from 'vitest';
import { sampleRow } from '../results/testdata/sample-file.ts';
import type { HostEvent } from '../workers/api.ts';
import type { Output } from './io.ts';
import { advance, type Progress, progressLine, showProgress } from './progress.ts';

const started: HostEvent = { type: 'started', id: 'kernel/a/b', index: 2, total: 12, secondsLeft: 130 };

function lineAfter(events: readonly HostEvent[], nowMs: number): string {
  return progressLine(
    events.reduce<Progress>((progress, event) => advance(progress, event, 0), null),
    nowMs,
  );
}

describe('progressLine', () => {
  it('counts the time left down between two events', () => {
    expect(lineAfter([started], 5_000)).toBe('[3/12] kernel/a/b · 2 min 5 s left');
    expect(lineAfter([started], 500_000)).toBe('[3/12] kernel/a/b · 0 s left');
  });

  it('shows the phase with its share done, where known', () => {
    const phase = (fraction: number | null): HostEvent => ({
      type: 'phase',
      id: 'kernel/a/b',
      phase: 'verify',
      fraction,
    });
    expect(lineAfter([started, phase(0.4)], 0)).toContain('· verify 40 % ·');
    expect(lineAfter([started, phase(null)], 0)).toContain('· verify ·');
  });

  it('takes a new estimate with every row, and has none before the first case', () => {
    const row: HostEvent = { type: 'row', row: sampleRow('kernel/a/b', [1]), secondsLeft: null };
    expect(lineAfter([started, row], 0)).toBe('[3/12] kernel/a/b · done');
    expect(lineAfter([], 0)).toBe('preparing');
  });
});

describe('showProgress', () => {
  function output(isTTY: boolean): Output & { text: string } {
    return {
      text: '',
      isTTY,
      columns: 30,
      write(text) {
        this.text += text;
      },
    };
  }

  it('writes a line every ten seconds into a log, without control characters', () => {
    vi.useFakeTimers();
    const log = output(false);
    const display = showProgress(log, 'session 1/2 ');
    display.event(started);
    vi.advanceTimersByTime(25_000);
    display.stop();
    vi.advanceTimersByTime(25_000);
    vi.useRealTimers();
    expect(log.text.split('\n')).toEqual([
      'session 1/2 [3/12] kernel/a/b · 2 min 0 s left',
      'session 1/2 [3/12] kernel/a/b · 1 min 50 s left',
      '',
    ]);
  });

  it('rewrites one line of a terminal, never wider than it, and clears it at the end', () => {
    vi.useFakeTimers();
    const terminal = output(true);
    const display = showProgress(terminal, '');
    display.event(started);
    vi.advanceTimersByTime(250);
    display.stop();
    vi.useRealTimers();
    const clear = '\r\u001b[2K';
    expect(terminal.text).toBe(`${clear}[3/12] kernel/a/b · 2 min 10 ${clear}`);
  });
});
