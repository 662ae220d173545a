// Compares two result files case by case: medians and their ratio. First form: it knows no test, so it gives no verdict
// of faster or slower. Pure; knows neither files nor text layout.
import type { Metric, ResultFile, Row } from './schema.ts';
import { type AcrossSessions, acrossSessions, type JoinedCase, joinSessions } from './sessions.ts';

/** Fewer sessions a side than this and nothing can be concluded: between-session spread is unseen. */
export const SESSIONS_NEEDED = 3;

export const VERDICTS = {
  inconclusive: `inconclusive: needs at least ${SESSIONS_NEEDED} sessions a side`,
  none: 'no verdict: this version compares medians, it tests nothing',
} as const;

export interface ComparedSide {
  readonly median: number;
  readonly sessions: number;
  readonly sessionMedians: readonly number[];
}

export interface ComparedMetric {
  readonly id: string;
  readonly metric: string;
  readonly unit: Metric['unit'];
  readonly better: Metric['better'];
  readonly base: ComparedSide;
  readonly next: ComparedSide;
  /** next / base; null when the base's median is 0. */
  readonly ratio: number | null;
  /** What makes the two figures differ in kind: definition, estimator. */
  readonly mismatch: readonly string[];
  readonly verdict: keyof typeof VERDICTS;
}

/** A case that one side lacks, or that did not end `ok` there. */
export interface MissingCase {
  readonly id: string;
  readonly side: 'base' | 'new';
  readonly why: string;
}

export interface Difference {
  readonly what: string;
  readonly base: string;
  readonly next: string;
}

export interface FileComparison {
  readonly metrics: readonly ComparedMetric[];
  readonly missing: readonly MissingCase[];
  /** What differs between the two files beside the numbers. */
  readonly differences: readonly Difference[];
  /** True when either side was measured on a software adapter. */
  readonly software: boolean;
}

export function compareFiles(base: ResultFile, next: ResultFile): FileComparison {
  const [baseCases, nextCases] = [indexById(base), indexById(next)];
  const ids = [...new Set([...baseCases.keys(), ...nextCases.keys()])];
  return {
    metrics: ids.flatMap((id) => compareCase(id, baseCases.get(id)?.rows ?? [], nextCases.get(id)?.rows ?? [])),
    missing: ids.flatMap((id) => [
      ...missingOn('base', id, baseCases.get(id)?.rows ?? []),
      ...missingOn('new', id, nextCases.get(id)?.rows ?? []),
    ]),
    differences: listDifferences(base, next),
    software: base.environment.adapter.isSoftware || next.environment.adapter.isSoftware,
  };
}

function indexById(file: ResultFile): Map<string, JoinedCase> {
  return new Map(joinSessions(file).map((joined) => [joined.id, joined]));
}

function compareCase(id: string, baseRows: readonly Row[], nextRows: readonly Row[]): ComparedMetric[] {
  const names = [...new Set(baseRows.flatMap((row) => row.metrics.map((metric) => metric.name)))];
  return names.flatMap((name) => {
    const [base, next] = [acrossSessions(baseRows, name), acrossSessions(nextRows, name)];
    return base && next && base.metric.unit === next.metric.unit ? [compareMetric(id, base, next)] : [];
  });
}

function compareMetric(id: string, base: AcrossSessions, next: AcrossSessions): ComparedMetric {
  const mismatch = (['definition', 'estimator'] as const)
    .filter((key) => base.metric[key] !== next.metric[key])
    .map((key) => `${key} ${base.metric[key]} → ${next.metric[key]}`);
  const enough = Math.min(base.sessions, next.sessions) >= SESSIONS_NEEDED;
  return {
    id,
    metric: base.metric.name,
    unit: base.metric.unit,
    better: base.metric.better,
    base: sideOf(base),
    next: sideOf(next),
    ratio: base.median === 0 ? null : next.median / base.median,
    mismatch,
    verdict: enough ? 'none' : 'inconclusive',
  };
}

function sideOf({ median, sessions, sessionMedians }: AcrossSessions): ComparedSide {
  return { median, sessions, sessionMedians };
}

function missingOn(side: MissingCase['side'], id: string, rows: readonly Row[]): MissingCase[] {
  if (rows.length === 0) return [{ id, side, why: 'not in this file' }];
  const bad = rows.filter((row) => row.state !== 'ok');
  if (bad.length === 0) return [];
  const [first] = bad;
  const reason = first!.reason ? `: ${first!.reason}` : '';
  const extent = rows.length > 1 ? ` in ${bad.length} of ${rows.length} sessions` : '';
  return [{ id, side, why: `${first!.state}${extent}${reason}` }];
}

function listDifferences(base: ResultFile, next: ResultFile): Difference[] {
  const facts: [string, (file: ResultFile) => string][] = [
    ['adapter', adapterTexts],
    ['lane', (file) => file.environment.lane],
    ['browser', ({ environment: { browser } }) => `${browser.name} ${browser.version}`],
    ['browser flags', ({ environment: { browser } }) => listed(browser.flags)],
    ['operating system', ({ environment: { os } }) => `${os.name} ${os.architecture ?? ''}`.trim()],
    ['timer', (file) => listed(file.sessions.map((session) => session.timer.kind))],
    ['isolated', (file) => String(file.environment.crossOriginIsolated)],
    ['runtimes', ({ environment }) => listed(Object.entries(environment.runtimes).map((entry) => entry.join(' ')))],
    ['build', ({ tool }) => `${tool.commit?.slice(0, 12) ?? tool.version}${tool.dirty ? ' with local changes' : ''}`],
    ['seed', (file) => String(file.plan.seed)],
    ['options', (file) => JSON.stringify(file.plan.nonDefault)],
  ];
  return facts
    .map(([what, read]) => ({ what, base: read(base), next: read(next) }))
    .filter((fact) => fact.base !== fact.next);
}

/** Every text an adapter gives of itself, so that two are told apart whenever the browser tells them apart. */
function adapterTexts({ environment: { adapter } }: ResultFile): string {
  const { vendor, architecture, device, description, isSoftware } = adapter;
  const texts = [vendor, architecture, device, description].filter((part) => part !== '').join(' ') || 'unnamed';
  return isSoftware ? `${texts} (software)` : texts;
}

function listed(items: readonly string[]): string {
  return [...new Set(items)].join(', ') || 'none';
}
