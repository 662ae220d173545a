// `--to trace`: Chrome's trace events (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), which
// ui.perfetto.dev opens: cases on the session's own clock, and each decoder's tokens.
import type { ResultFile, Row, Session } from '../schema.ts';
import { generationsOf } from './generations.ts';
import { deviceText } from './passed-rows.ts';

interface TraceEvent {
  readonly name: string;
  /** X: a span; M: a name for a process or thread. */
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  /** µs. */
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: Record<string, unknown>;
}

const CASES = 1;
const TOKENS = 2;

/** A session is a process. When a generation began is not recorded, so tokens lie end to end from their case's start. */
export function toTrace(files: readonly ResultFile[]): string {
  const sessions = files.flatMap((file) => file.sessions.map((session) => ({ file, session })));
  const traceEvents = sessions.flatMap(({ file, session }, i) => sessionEvents(file, session, i + 1));
  return `${JSON.stringify({ traceEvents, displayTimeUnit: 'ms' })}\n`;
}

function sessionEvents(file: ResultFile, session: Session, pid: number): TraceEvent[] {
  const named = (name: string, tid: number, text: string): TraceEvent => ({
    name,
    ph: 'M',
    pid,
    tid,
    args: { name: text },
  });
  return [
    named('process_name', CASES, `${deviceText(file.environment)}, session of ${session.startedAt}`),
    named('thread_name', CASES, 'cases'),
    named('thread_name', TOKENS, 'tokens, generations end to end'),
    ...session.rows.flatMap((row) => [caseEvent(row, pid), ...tokenEvents(row, pid)]),
  ];
}

function caseEvent(row: Row, pid: number): TraceEvent {
  const { id, kind, state, reason, startedMs, durationMs, facts } = row;
  const args = { state, ...(reason ? { reason } : {}), ...facts };
  return { name: id, cat: kind, ph: 'X', pid, tid: CASES, ts: startedMs * 1e3, dur: durationMs * 1e3, args };
}

function tokenEvents(row: Row, pid: number): TraceEvent[] {
  let ts = row.startedMs * 1e3;
  const span = (name: string, ns: number, generation: number): TraceEvent => {
    const event = {
      name,
      cat: 'token',
      ph: 'X' as const,
      pid,
      tid: TOKENS,
      ts,
      dur: ns / 1e3,
      args: { generation, case: row.id },
    };
    ts += ns / 1e3;
    return event;
  };
  return (generationsOf(row) ?? []).flatMap(({ ttftNs, gapsNs }, i) => [
    span('first token', ttftNs, i),
    ...gapsNs.map((ns, k) => span(`token ${k + 2}`, ns, i)),
  ]);
}
