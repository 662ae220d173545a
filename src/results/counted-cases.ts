// The rows of a result whose work is counted and whose time is known, joined over sessions, and why the others are left out.
// Knows rows, not rates.
import type { ResultFile, Row } from './schema.ts';
import { acrossSessions, joinSessions } from './sessions.ts';
import { ranOnCpu } from './summary.ts';

/** Work and time of one case over all sessions. */
export interface MeasuredCase {
  readonly id: string;
  readonly kind: 'kernel' | 'decoder';
  /** Counted per operation (kernel) or per token (decoder). */
  readonly flops: number;
  readonly bytes: number;
  readonly dispatches: number;
  /** Median of the sessions' medians, over sessions whose row passed verification. */
  readonly ns: number;
}

export interface LeftOut {
  readonly id: string;
  readonly reason: string;
}

export function collectCases(result: Pick<ResultFile, 'sessions'>): {
  readonly measured: readonly MeasuredCase[];
  readonly leftOut: readonly LeftOut[];
} {
  const measured: MeasuredCase[] = [];
  const leftOut: LeftOut[] = [];
  for (const { id, rows } of joinSessions(result)) {
    const usable = rows.filter((row) => whyLeftOut(row) === null);
    if (usable.length === 0) leftOut.push({ id, reason: whyLeftOut(rows[0]!)! });
    else measured.push(measuredCase(id, usable));
  }
  return { measured, leftOut };
}

function measuredCase(id: string, rows: readonly Row[]): MeasuredCase {
  const { kind, cost } = rows[0]!;
  return {
    id,
    kind: kind === 'decoder' ? 'decoder' : 'kernel',
    flops: cost!.flops,
    bytes: cost!.bytes,
    dispatches: cost!.dispatches ?? 1,
    ns: acrossSessions(rows, timeOf(rows[0]!))!.median,
  };
}

function whyLeftOut(row: Row): string | null {
  if (row.kind !== 'kernel' && row.kind !== 'decoder') return `a ${row.kind} row has no counted work`;
  if (row.state !== 'ok') return `${row.state}${row.reason ? `: ${row.reason}` : ''}`;
  if (row.verification?.state !== 'passed') return 'its output was not verified';
  if (ranOnCpu(row)) return 'ran on wasm, not on this GPU';
  if (!row.cost || row.cost.flops + row.cost.bytes <= 0) return 'no counted work';
  const time = acrossSessions([row], timeOf(row));
  if (time?.metric.unit !== 'ns' || time.median <= 0) return `no ${timeOf(row)}`;
  return null;
}

/** The metric that one operation's time stands in: of a kernel, or of a decoder's output token. */
function timeOf(row: Row): 'time' | 'tpot' {
  return row.kind === 'decoder' ? 'tpot' : 'time';
}
