// Joins the sessions of one result file by case id: what each session measured, and one figure for all of them.
// Pure; knows neither comparison nor text.
import { type Interval, median, sortSamples } from '../stats/order-statistics.ts';
import type { Metric, ResultFile, Row } from './schema.ts';
import {
  findMetric,
  measuredRoofline,
  missingProbe,
  type RooflineShare,
  rooflineShare,
  summarizeMetric,
} from './summary.ts';

export interface JoinedCase {
  readonly id: string;
  /** One row a session that got as far as this case, in session order. Never empty. */
  readonly rows: readonly Row[];
  /** The roofline share in each session where it is known. */
  readonly shares: readonly RooflineShare[];
  /** Why there is no share, in a few words; null where there is one, or nothing to hold to a roof. */
  readonly missing: string | null;
}

/** Every case of the file once, in the order of first appearance. */
export function joinSessions(file: Pick<ResultFile, 'sessions'>): JoinedCase[] {
  const cases = new Map<string, { rows: Row[]; shares: RooflineShare[]; missing: string | null }>();
  for (const session of file.sessions) {
    const roof = measuredRoofline(session);
    for (const row of session.rows) {
      const joined = cases.get(row.id) ?? { rows: [], shares: [], missing: null };
      cases.set(row.id, joined);
      joined.rows.push(row);
      const share = row.state === 'ok' ? rooflineShare(row, roof) : null;
      if (share) joined.shares.push(share);
      joined.missing ??= missingProbe(row, roof);
    }
  }
  return [...cases].map(([id, joined]) => ({ id, ...joined }));
}

export interface AcrossSessions {
  /** Sessions that hold a passed row with samples of this metric. */
  readonly sessions: number;
  /** Median of the sessions' medians, in the metric's unit. */
  readonly median: number;
  /** The sessions' medians, in session order. */
  readonly sessionMedians: readonly number[];
  /** One session: its 95 % interval for the median, null when n is too small. More: lowest and highest session median. */
  readonly interval: Pick<Interval, 'lo' | 'hi'> | null;
  /** All samples of all sessions together. */
  readonly samples: number;
  /** The metric as the first of those sessions holds it. */
  readonly metric: Metric;
}

/** One metric of a case over its sessions; rows that did not end `ok` do not count. Null when no session measured it. */
export function acrossSessions(rows: readonly Row[], name: string): AcrossSessions | null {
  const metrics = rows
    .filter((row) => row.state === 'ok')
    .map((row) => findMetric(row, name))
    .filter((metric) => metric !== undefined && metric.samples.length > 0) as Metric[];
  const summaries = metrics.map((metric) => summarizeMetric(metric)!);
  if (summaries.length === 0) return null;
  const sessionMedians = summaries.map((summary) => summary.median);
  const sorted = sortSamples(sessionMedians);
  return {
    sessions: summaries.length,
    median: median(sorted),
    sessionMedians,
    interval: summaries.length === 1 ? summaries[0]!.interval : { lo: sorted[0]!, hi: sorted.at(-1)! },
    samples: summaries.reduce((sum, summary) => sum + summary.n, 0),
    metric: metrics[0]!,
  };
}
