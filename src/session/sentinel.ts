// Runs a session's compute probe again after its last case: a machine that throttles is slower then than it was at the start.
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import type { Warning } from '../core/warnings.ts';
import type { Row, Session } from '../results/schema.ts';
import { summarizeMetric } from '../results/summary.ts';
import type { Machine } from './machine.ts';

/** A shorter session has not run long enough to heat anything, and would pay for the second probe with half its time. */
const SHORTEST_MS = 30_000;
/** Slower by more than this is throttling; sessions of one machine differ by less. */
const THROTTLED = 1.05;

export interface Sentinel {
  readonly figure: NonNullable<Session['sentinel']>;
  readonly warnings: Warning[];
}

/** A case of the session, as far as it takes to run it again. */
interface Probe {
  readonly id: string;
  run(machine: Machine, hooks: CaseHooks, rows: readonly Row[]): Promise<CaseOutcome>;
}

/** Null for a short session, one without a passed compute probe, or a probe that no longer passes. */
export async function watchThrottling(
  machine: Machine,
  cases: readonly Probe[],
  rows: readonly Row[],
  { signal, disturbance }: Pick<CaseHooks, 'signal' | 'disturbance'>,
): Promise<Sentinel | null> {
  const first = rows.find((row) => row.id.startsWith('kernel/fma/') && row.state === 'ok');
  const probe = cases.find((item) => item.id === first?.id);
  const last = rows.at(-1);
  if (!first || !probe || !last || last.startedMs + last.durationMs - first.startedMs < SHORTEST_MS) return null;
  const before = medianOf(first);
  // The session's own rows are safe: whatever goes wrong here leaves them as they are.
  const again = await probe
    .run(machine, { signal, ...(disturbance ? { disturbance } : {}), phase: () => {} }, rows)
    .catch(() => null);
  const after = again?.state === 'ok' ? medianOf(again) : null;
  if (before === null || after === null) return null;
  const ratio = after / before;
  const detail = `${probe.id} ${((ratio - 1) * 100).toFixed(1)} % slower`;
  return { figure: { id: probe.id, ratio }, warnings: ratio > THROTTLED ? [{ name: 'throttled', detail }] : [] };
}

function medianOf({ metrics }: Row | CaseOutcome): number | null {
  const time = metrics.find((metric) => metric.name === 'time');
  return (time && summarizeMetric(time)?.median) ?? null;
}
