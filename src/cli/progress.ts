// Where a run is, as one line on stderr: rewritten in place on a terminal, repeated every ten seconds in a log.
import { formatDuration } from '../report/units.ts';
import type { HostEvent } from '../workers/api.ts';
import type { Output } from './io.ts';

interface ProgressState {
  readonly id: string;
  /** From 0. */
  readonly index: number;
  readonly total: number;
  readonly phase: string;
  readonly fraction: number | null;
  /** Time left as told at `toldMs`; null when unknown. */
  readonly secondsLeft: number | null;
  readonly toldMs: number;
}

export type Progress = ProgressState | null;

/** The state after an event that came at `nowMs`. */
export function advance(progress: Progress, event: HostEvent, nowMs: number): Progress {
  switch (event.type) {
    case 'started': {
      const { id, index, total, secondsLeft } = event;
      return { id, index, total, phase: '', fraction: null, secondsLeft, toldMs: nowMs };
    }
    case 'phase':
      return progress && { ...progress, phase: event.phase, fraction: event.fraction };
    case 'row':
      return progress && { ...progress, phase: 'done', fraction: null, secondsLeft: event.secondsLeft, toldMs: nowMs };
    default:
      return progress;
  }
}

/** e.g. `[3/12] kernel/matmul/tiled:m=512;n=512;k=512;type=f32 · measure 40 % · 2 min 5 s left`. */
export function progressLine(progress: Progress, nowMs: number): string {
  if (!progress) return 'preparing';
  const { id, index, total, phase, fraction, secondsLeft, toldMs } = progress;
  const percent = fraction === null ? '' : ` ${Math.round(fraction * 100)} %`;
  const left = secondsLeft === null ? null : Math.max(0, secondsLeft - (nowMs - toldMs) / 1000);
  return [
    `[${index + 1}/${total}] ${id}`,
    ...(phase ? [phase + percent] : []),
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
  ].join(' · ');
}

export interface ProgressDisplay {
  event(event: HostEvent): void;
  /** Prints a line of its own above the progress line. */
  note(text: string): void;
  stop(): void;
}

const TERMINAL_MS = 250;
const LOG_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

/** `prefix` begins every line, e.g. `session 2/3 `. */
export function showProgress(output: Output, prefix: string): ProgressDisplay {
  let progress: Progress = null;
  const draw = (): void => {
    const line = prefix + progressLine(progress, Date.now());
    output.write(output.isTTY ? CLEAR_LINE + line.slice(0, output.columns - 1) : `${line}\n`);
  };
  const timer = setInterval(draw, output.isTTY ? TERMINAL_MS : LOG_MS);
  return {
    event(event) {
      progress = advance(progress, event, Date.now());
    },
    note(text) {
      output.write(`${output.isTTY ? CLEAR_LINE : ''}${text}\n`);
    },
    stop() {
      clearInterval(timer);
      if (output.isTTY) output.write(CLEAR_LINE);
    },
  };
}
