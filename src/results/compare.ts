// Compares two result files case by case and metric by metric: ratio, interval, verdict. The page and the command line both
// use it, so that they cannot disagree. Pure; knows neither files nor text layout.
import { benjaminiHochberg } from '../stats/multiplicity.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import { type Calibration, noiseFor } from './calibration.ts';
import { choiceNotes, type Difference, listDifferences, metricFaults, workloadFaults } from './comparability.ts';
import { estimateRatio, type RatioEstimate } from './estimate-ratio.ts';
import { type GeometricMean, geometricMeans } from './geometric-means.ts';
import type { Metric, ResultFile } from './schema.ts';
import { type MeasuredCase, type MeasuredMetric, measureCases } from './session-values.ts';
import { DEFAULT_THRESHOLDS, type Thresholds, thresholdFor } from './thresholds.ts';
import { decide, type Verdict } from './verdict.ts';

export interface CompareSettings {
  readonly thresholds: Thresholds;
  /** True when the environments are what is being compared: their differences then forbid nothing. */
  readonly acrossEnvironment: boolean;
  readonly calibrations: readonly Calibration[];
  /** Cases whose path begins with `base` in the base file are compared with those that begin with `next` in the new one. */
  readonly match: { readonly base: string; readonly next: string } | null;
}

export const DEFAULT_SETTINGS: CompareSettings = {
  thresholds: DEFAULT_THRESHOLDS,
  acrossEnvironment: false,
  calibrations: [],
  match: null,
};

export interface ComparedSide {
  /** Median of the session values. */
  readonly median: number;
  /** One value a session, in session order. */
  readonly values: readonly number[];
}

export interface ComparedRow {
  readonly id: string;
  /** `time`, `gap p90`; null for a case without any metric on either side. */
  readonly metric: string | null;
  readonly unit: Metric['unit'];
  readonly better: Metric['better'];
  /** Null where that side measured nothing. */
  readonly base: ComparedSide | null;
  readonly next: ComparedSide | null;
  /** Null where there is nothing to divide. Ratio and interval are new / base. */
  readonly estimate: RatioEstimate | null;
  /** Benjamini–Hochberg adjusted p-value over all rows with a verdict; null without one. */
  readonly q: number | null;
  /** Share of change that matters here. */
  readonly threshold: number;
  /** In most sessions of a side the samples drifted the same way by over 5 %. */
  readonly unsteady: boolean;
  readonly verdict: Verdict;
  /** What the reader must know beside the verdict, e.g. why it is not comparable. */
  readonly why: readonly string[];
  /** Sessions a side still to run for a verdict; null where that is no question, or beyond 1000. */
  readonly moreSessions: number | null;
}

/** A case that only one file holds. */
export interface MissingCase {
  readonly id: string;
  /** Where it is missing. */
  readonly side: 'base' | 'new';
}

export interface FileComparison {
  readonly rows: readonly ComparedRow[];
  readonly missing: readonly MissingCase[];
  /** One a metric; metrics are never mixed. */
  readonly geometricMeans: readonly GeometricMean[];
  readonly differences: readonly Difference[];
  /** True when either side was measured on a software adapter. */
  readonly software: boolean;
}

export function compareFiles(
  base: ResultFile,
  next: ResultFile,
  settings: CompareSettings = DEFAULT_SETTINGS,
): FileComparison {
  const differences = listDifferences(base, next);
  const forbidden = settings.acrossEnvironment ? [] : differences.filter((item) => item.forbids).map(asFault);
  const [first, second] = [measureCases(base, renaming(settings.match)), measureCases(next, (id) => id)];
  const pairs: Context[] = [...first].flatMap(([id, baseCase]) => {
    const nextCase = second.get(id);
    return nextCase ? [{ files: { base, next }, settings, forbidden, baseCase, nextCase }] : [];
  });
  const missing: MissingCase[] = [
    ...[...first.keys()].filter((id) => !second.has(id)).map((id) => ({ id, side: 'new' as const })),
    ...[...second.keys()].filter((id) => !first.has(id)).map((id) => ({ id, side: 'base' as const })),
  ];
  const rows = judge(pairs.flatMap(draftCase));
  return {
    rows,
    missing,
    geometricMeans: geometricMeans(
      rows,
      missing.flatMap(({ id }) => [...(first.get(id) ?? second.get(id))!.metrics.keys()]),
    ),
    differences,
    software: base.environment.adapter.isSoftware || next.environment.adapter.isSoftware,
  };
}

interface Context {
  readonly files: { readonly base: ResultFile; readonly next: ResultFile };
  readonly settings: CompareSettings;
  readonly forbidden: readonly string[];
  readonly baseCase: MeasuredCase;
  readonly nextCase: MeasuredCase;
}

/** A row before anything is known of the others. */
type Draft = Omit<ComparedRow, 'q' | 'verdict' | 'why' | 'moreSessions'> & {
  readonly faults: readonly string[];
  /** What is worth knowing of the case whatever the verdict. */
  readonly notes: readonly string[];
  /** The clock's step allows no finer threshold than this. */
  readonly coarse: boolean;
};

function renaming(match: CompareSettings['match']): (id: string) => string {
  return (id) => (match && id.startsWith(match.base) ? match.next + id.slice(match.base.length) : id);
}

function asFault({ what, base, next }: Difference): string {
  return `different ${what}: ${base} → ${next}`;
}

function draftCase(context: Context): Draft[] {
  const { baseCase, nextCase, forbidden } = context;
  const faults = [...workloadFaults(baseCase, nextCase), ...forbidden];
  const labels = [...new Set([...baseCase.metrics.keys(), ...nextCase.metrics.keys()])];
  const notes = choiceNotes(baseCase, nextCase);
  if (labels.length > 0) return labels.map((label) => ({ ...draftRow(context, label, faults), notes }));
  const nothing = { metric: null, unit: '1', better: 'lower', base: null, next: null, estimate: null } as const;
  return [{ id: nextCase.id, ...nothing, threshold: 0, faults, notes, coarse: false, unsteady: false }];
}

function draftRow(
  { files, settings, baseCase, nextCase }: Context,
  label: string,
  faults: readonly string[],
): Omit<Draft, 'notes'> {
  const [base, next] = [baseCase.metrics.get(label), nextCase.metrics.get(label)];
  const known = (base ?? next)!;
  const own = base && next ? metricFaults(base, next) : [`measured in ${base ? 'base' : 'new'} only`];
  const divisible = base && next && [...base.values, ...next.values].every(({ value }) => value > 0);
  const noise = {
    base: noiseFor(files.base, label, settings.calibrations),
    next: noiseFor(files.next, label, settings.calibrations),
  };
  const wanted = thresholdFor(settings.thresholds, known.metric, known.statistic);
  const clock = Math.max(...timerShares(base, next));
  return {
    id: nextCase.id,
    metric: label,
    unit: known.metric.unit,
    better: known.metric.better,
    base: base ? sideOf(base) : null,
    next: next ? sideOf(next) : null,
    estimate: divisible ? estimateRatio(base.values, next.values, noise) : null,
    threshold: Math.max(wanted, clock),
    coarse: clock > wanted,
    // A failed side measured nothing: saying so once is enough.
    faults: faults.length > 0 && !(base && next) ? faults : [...faults, ...own],
    unsteady: [base, next].some((side) => side !== undefined && isUnsteady(side)),
  };
}

function sideOf({ values }: MeasuredMetric): ComparedSide {
  const list = values.map(({ value }) => value);
  return { median: median(sortSamples(list)), values: list };
}

function timerShares(...sides: readonly (MeasuredMetric | undefined)[]): number[] {
  return sides.flatMap((side) => side?.values.map(({ timerShare }) => timerShare) ?? []);
}

/** First and last third of the samples differ by more than this: the session had not settled, or was being throttled. */
const STEADY_WITHIN = 0.05;

/** In most sessions, and the same way in each of those: noise would go both ways. */
function isUnsteady({ values }: MeasuredMetric): boolean {
  const slower = values.filter(({ drift }) => drift > 1 + STEADY_WITHIN).length;
  const faster = values.filter(({ drift }) => drift < 1 - STEADY_WITHIN).length;
  return Math.max(slower, faster) > values.length / 2;
}

const COARSE_CLOCK = 'the step of the clock sets the threshold';

/** Verdicts need all rows: each is held against the number of rows looked at. */
function judge(drafts: readonly Draft[]): ComparedRow[] {
  const tested = drafts.filter(({ faults, estimate }) => faults.length === 0 && estimate);
  const adjusted = benjaminiHochberg(tested.map(({ estimate }) => estimate!.p));
  const qOf = new Map(tested.map((draft, i) => [draft, adjusted[i]!]));
  return drafts.map((draft) => {
    const { faults, coarse, notes, ...row } = draft;
    const q = qOf.get(draft) ?? null;
    if (q === null || !row.estimate)
      return { ...row, q: null, verdict: 'not-comparable', why: [...faults, ...notes], moreSessions: null };
    const sessions = Math.min(row.base!.values.length, row.next!.values.length);
    const { estimate, better, threshold, unsteady } = row;
    const decision = decide({ estimate, better, threshold, q, sessions, unsteady, tested: tested.length });
    return { ...row, q, ...decision, why: [...(coarse ? [COARSE_CLOCK] : []), ...decision.why, ...notes] };
  });
}
