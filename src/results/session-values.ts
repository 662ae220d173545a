// One number per session, case and metric: what a comparison counts. Also what each case's rows say against being compared.
// Pure; knows neither the other file nor verdicts.
import { inReadingOrder } from '../core/case-order.ts';
import {
  driftRatio,
  median,
  quantile,
  type Sorted,
  samplesForPercentile,
  sortSamples,
} from '../stats/order-statistics.ts';
import type { Metric, ResultFile, Row, Session } from './schema.ts';
import { metricLabel, type Statistic } from './thresholds.ts';

export interface SessionValue {
  readonly sessionId: string;
  /** Sessions of two files with the same block were measured next to each other. */
  readonly blockId: string | null;
  /** In the metric's unit. */
  readonly value: number;
  /** Last third of the samples over the first third. */
  readonly drift: number;
  /** Share of the timed span that two steps of its clock make up. */
  readonly timerShare: number;
}

export interface MeasuredMetric {
  readonly label: string;
  readonly statistic: Statistic;
  /** As the first session holds it. */
  readonly metric: Metric;
  readonly values: readonly SessionValue[];
  /** What not all sessions agree in, e.g. the estimator when the clocks' cross-check failed in one of them. */
  readonly mixed: readonly string[];
}

/** What makes two measurements of one name different quantities. */
export const MUST_AGREE = ['definition', 'unit', 'estimator'] as const;

export interface MeasuredCase {
  readonly id: string;
  /** One a session that got as far, in session order. Never empty. */
  readonly rows: readonly Row[];
  /** By label. A metric that not every passed row supports is left out for p90 and p99. */
  readonly metrics: ReadonlyMap<string, MeasuredMetric>;
}

/** Metrics with enough samples a session for their tails to be compared, and of which tails are asked. */
const TAILED: readonly string[] = ['gap', 'latency'];
const TAILS: readonly (readonly [Statistic, number])[] = [
  ['p90', 0.9],
  ['p99', 0.99],
];

/** Every case of the file, in reading order; `rename` maps an id to the one it is compared under. */
export function measureCases(file: ResultFile, rename: (id: string) => string): Map<string, MeasuredCase> {
  const found = new Map<string, { session: Session; row: Row }[]>();
  for (const session of file.sessions) {
    for (const row of session.rows) {
      const id = rename(row.id);
      const entries = found.get(id) ?? [];
      found.set(id, entries);
      entries.push({ session, row });
    }
  }
  const cases = inReadingOrder([...found].map(([id, entries]) => measureCase(id, entries)));
  return new Map(cases.map((item) => [item.id, item]));
}

function measureCase(id: string, entries: readonly { session: Session; row: Row }[]): MeasuredCase {
  const metrics = new Map<
    string,
    { statistic: Statistic; metric: Metric; values: SessionValue[]; mixed: Set<string> }
  >();
  const passed = entries.filter(({ row }) => row.state === 'ok');
  for (const { session, row } of passed) {
    for (const metric of row.metrics) {
      for (const [statistic, value] of statisticsOf(metric)) {
        const label = metricLabel(metric.name, statistic);
        const measured = metrics.get(label) ?? { statistic, metric, values: [], mixed: new Set<string>() };
        metrics.set(label, measured);
        for (const key of MUST_AGREE) if (metric[key] !== measured.metric[key]) measured.mixed.add(key);
        measured.values.push({
          sessionId: session.id,
          blockId: session.blockId ?? null,
          value,
          drift: driftRatio(metric.samples),
          timerShare: timerShare(metric, value, session),
        });
      }
    }
  }
  const complete = [...metrics].filter(
    ([, { statistic, values }]) => statistic === 'median' || values.length === passed.length,
  );
  return {
    id,
    rows: entries.map(({ row }) => row),
    metrics: new Map(complete.map(([label, item]) => [label, { label, ...item, mixed: [...item.mixed] }])),
  };
}

function statisticsOf({ name, samples }: Metric): (readonly [Statistic, number])[] {
  if (samples.length === 0) return [];
  const sorted: Sorted = sortSamples(samples);
  const tails = TAILED.includes(name) ? TAILS.filter(([, p]) => sorted.length >= samplesForPercentile(p)) : [];
  return [['median', median(sorted)], ...tails.map(([statistic, p]) => [statistic, quantile(sorted, p)] as const)];
}

/** Two steps of the clock over the span of one sample: a change below that cannot be told from reading the clock. */
function timerShare({ unit, estimator, opsPerSample }: Metric, value: number, { timer }: Session): number {
  const step = estimator === 'timestamp' ? (timer.quantumNs ?? 0) : timer.clockStepNs;
  const spanNs = value * Math.max(1, opsPerSample);
  return unit === 'ns' && spanNs > 0 && estimator !== 'count' ? (2 * step) / spanNs : 0;
}
