// What is known of a run while it goes on, as one value, and how each event changes it. Pure: no signal, no DOM, no clock.

import { labelCase, oneLine } from '../report/case-label.ts';
import { counted, formatDuration, formatQuantity } from '../report/units.ts';
import type { Session } from '../results/schema.ts';
import type { PlannedCase, RunEvent } from '../workers/api.ts';

export interface RunProgress {
  readonly phase: 'idle' | 'planning' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';
  readonly planned: readonly PlannedCase[];
  /** Grows by a row at a time; null before the plan is known. */
  readonly session: Session | null;
  readonly current: { readonly id: string; readonly index: number; readonly total: number } | null;
  readonly step: { readonly name: string; readonly fraction: number | null } | null;
  readonly secondsLeft: number | null;
  /** Of a model that is being fetched before the plan; null otherwise. */
  readonly download: { readonly file: string; readonly bytes: number; readonly total: number } | null;
  /** What a trained model is writing, or wrote last; null before the first. */
  readonly writing: Writing | null;
}

export interface Writing {
  readonly id: string;
  readonly prompt: string;
  readonly text: string;
  readonly tokens: number;
  /** Tokens per second of each generation that is over, the first one cold. */
  readonly rates: readonly number[];
}

export const IDLE: RunProgress = {
  phase: 'idle',
  planned: [],
  session: null,
  current: null,
  step: null,
  secondsLeft: null,
  download: null,
  writing: null,
};

export function isActive({ phase }: RunProgress): boolean {
  return phase === 'planning' || phase === 'running' || phase === 'cancelling';
}

export function progressAfter(before: RunProgress, event: RunEvent): RunProgress {
  const phase = before.phase === 'cancelling' ? 'cancelling' : 'running';
  switch (event.type) {
    case 'download':
      return { ...before, download: { file: event.file, bytes: event.bytes, total: event.total } };
    case 'planned':
      return { ...before, phase, download: null, planned: event.cases, session: event.session };
    case 'started': {
      const { id, index, total, secondsLeft } = event;
      return { ...before, phase, current: { id, index, total }, step: null, secondsLeft };
    }
    case 'phase':
      return { ...before, step: { name: event.phase, fraction: event.fraction } };
    case 'text':
      return { ...before, writing: writingAfter(before.writing, event) };
    case 'sealed':
      return before.session ? { ...before, session: { ...before.session, sealed: event.sealed } } : before;
    case 'row': {
      if (!before.session) return before;
      const session = { ...before.session, rows: [...before.session.rows, event.row] };
      return { ...before, session, step: null, secondsLeft: event.secondsLeft };
    }
    case 'done':
      return {
        ...ended(before),
        phase: event.session.state === 'cancelled' ? 'cancelled' : 'done',
        session: event.session,
      };
  }
}

function writingAfter(before: Writing | null, event: Extract<RunEvent, { type: 'text' }>): Writing {
  const { id, prompt, text, tokens, tokensPerSecond } = event;
  const earlier = before?.id === id ? before.rates : [];
  return { id, prompt, text, tokens, rates: tokensPerSecond === null ? earlier : [...earlier, tokensPerSecond] };
}

/** A run whose worker died or threw: finished rows stay, the session says that it crashed. */
export function failedAfter(before: RunProgress): RunProgress {
  const session = before.session && { ...before.session, state: 'crashed' as const };
  return { ...ended(before), phase: 'failed', session };
}

function ended(before: RunProgress): RunProgress {
  return { ...before, current: null, step: null, secondsLeft: null, download: null };
}

/** Done share of the run, 0 to 1, weighted by the estimates where there are any; cases without one count as the mean. */
export function overallFraction({ phase, planned, session, step, download }: RunProgress): number {
  if (phase === 'done') return 1;
  const finished = session?.rows.length ?? 0;
  if (planned.length === 0) return download ? download.bytes / download.total : 0;
  const known = planned.flatMap((item) => item.estimateSeconds ?? []);
  const mean = known.length > 0 ? known.reduce((sum, seconds) => sum + seconds, 0) / known.length : 1;
  const weights = planned.map((item) => item.estimateSeconds ?? mean);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const before = weights.slice(0, finished).reduce((sum, weight) => sum + weight, 0);
  const within = (weights[finished] ?? 0) * (step?.fraction ?? 0);
  return total > 0 ? Math.min(1, (before + within) / total) : finished / planned.length;
}

/** One line for the eye and for a screen reader. */
export function progressText(progress: RunProgress): string {
  const { phase, current, session, secondsLeft, planned } = progress;
  const rows = session?.rows.length ?? 0;
  if (phase === 'idle') return '';
  if (phase === 'planning' && progress.download) return downloadText(progress.download);
  if (phase === 'planning') return 'Planning: probing what this adapter can do';
  if (phase === 'cancelling') return `Cancelling; ${cases(rows)} finished and kept`;
  if (phase === 'cancelled') return `Cancelled: ${cases(rows)} of ${planned.length} kept`;
  if (phase === 'failed') return `Failed after ${cases(rows)}; they are kept`;
  if (phase === 'done') return `Done: ${cases(rows)}`;
  const place = current
    ? `Case ${current.index + 1} of ${current.total}: ${oneLine(labelCase(current.id))}`
    : 'Starting';
  return secondsLeft === null ? place : `${place}; about ${formatDuration(secondsLeft)} left`;
}

/** e.g. `Downloading model.safetensors: 1.2 GB of 2.4 GB`. */
function downloadText({ file, bytes, total }: NonNullable<RunProgress['download']>): string {
  return `Downloading ${file}: ${formatQuantity(bytes, 'bytes')} of ${formatQuantity(total, 'bytes')}`;
}

function cases(count: number): string {
  return counted(count, 'case');
}

/** What was last said to a screen reader. */
export interface Announcement {
  readonly text: string;
  readonly atMs: number;
  readonly fraction: number;
  readonly phase: RunProgress['phase'];
}

/** Says something new at every change of phase, else at most every tenth of the run or ten seconds. */
export function nextAnnouncement(last: Announcement, progress: RunProgress, nowMs: number): Announcement {
  const fraction = overallFraction(progress);
  const due = nowMs - last.atMs >= 10_000 || fraction - last.fraction >= 0.1 || progress.phase !== last.phase;
  if (!due) return last;
  return { text: progressText(progress), atMs: nowMs, fraction, phase: progress.phase };
}
