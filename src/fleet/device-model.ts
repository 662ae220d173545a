// Part (a): what this run's own probes say its other rows should take, beside what they took.
// A roofline of bytes and flops plus an overhead a dispatch, fed with probe rows only; knows no datasheet and no fleet.
import { parseCaseId } from '../core/case-id.ts';
import type { ResultFile, Row } from '../results/schema.ts';
import { findMetric, summarizeMetric } from '../results/summary.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';

/** Rates this run measured with `kernel/stream/*` and `kernel/fma/*`, and which row gave each. */
export interface DeviceProbes {
  readonly bytesPerSecond: number;
  readonly bandwidthFrom: string;
  readonly flopsPerSecond: number;
  readonly flopsFrom: string;
  /** ns a dispatch; 0 where no probe is small enough to show it. */
  readonly overheadNs: number;
  /** Null where no probe is small enough. */
  readonly overheadFrom: string | null;
}

export type Combination = 'max' | 'sum';

export interface PredictedRow {
  readonly id: string;
  readonly kind: 'kernel' | 'decoder';
  readonly predictedNs: number;
  /** Median over samples, then over sessions. */
  readonly measuredNs: number;
  /** measured / predicted; above 1 the row is slower than the probes allow. */
  readonly ratio: number;
  readonly bound: 'bytes' | 'flops' | 'dispatches';
  /** Whether no other variant of the same family and parameters was faster. */
  readonly fastest: boolean;
}

export interface DeviceFit {
  readonly rows: number;
  /** Median of |log ratio| over rows. */
  readonly medianAbsLogRatio: number;
}

export interface DevicePart {
  readonly probes: DeviceProbes;
  /** How the bytes and flops times combine: the one nearer to this run's fastest variants. That choice alone sees them. */
  readonly combination: Combination;
  readonly fits: Readonly<Record<Combination, DeviceFit>>;
  readonly allRows: DeviceFit;
  readonly rows: readonly PredictedRow[];
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

/** How much smaller than the bandwidth probe a stream probe must be for its time to be overhead. */
const TINY = 100;

/** Work and median time of one case over all sessions. */
interface MeasuredCase {
  readonly id: string;
  readonly kind: 'kernel' | 'decoder';
  readonly flops: number;
  readonly bytes: number;
  readonly dispatches: number;
  readonly ns: number;
}

/** The device's part of the report, or why there is none. */
export function buildDevice(result: ResultFile): DevicePart | { readonly missing: string } {
  const { measured, leftOut } = collect(result);
  const probes = readProbes(measured.filter(isProbe));
  if ('missing' in probes) return probes;
  const others = measured.filter((item) => !isProbe(item));
  if (others.length === 0)
    return { missing: 'this result holds no verified row beside its probes: nothing to predict' };
  const predictions = { max: predictAll(others, probes, 'max'), sum: predictAll(others, probes, 'sum') };
  const fits = {
    max: fitOf(predictions.max.filter((r) => r.fastest)),
    sum: fitOf(predictions.sum.filter((r) => r.fastest)),
  };
  const combination = fits.max.medianAbsLogRatio <= fits.sum.medianAbsLogRatio ? 'max' : 'sum';
  return {
    probes,
    combination,
    fits,
    allRows: fitOf(predictions[combination]),
    rows: predictions[combination],
    leftOut,
  };
}

function isProbe(item: Pick<MeasuredCase, 'id'>): boolean {
  return item.id.startsWith('kernel/stream/') || item.id.startsWith('kernel/fma/');
}

function collect(result: ResultFile) {
  const byId = new Map<string, Row[]>();
  for (const session of result.sessions)
    for (const row of session.rows) byId.set(row.id, [...(byId.get(row.id) ?? []), row]);
  const measured: MeasuredCase[] = [];
  const leftOut: { id: string; reason: string }[] = [];
  for (const [id, rows] of byId) {
    const good = rows.filter((row) => whyLeftOut(row) === null);
    if (good.length === 0) leftOut.push({ id, reason: whyLeftOut(rows[0]!)! });
    else measured.push(measuredCase(id, good));
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
    ns: median(sortSamples(rows.map((row) => medianNs(row)!))),
  };
}

function whyLeftOut(row: Row): string | null {
  if (row.kind !== 'kernel' && row.kind !== 'decoder') return `a ${row.kind} row has no counted work`;
  if (row.state !== 'ok') return `${row.state}${row.reason ? `: ${row.reason}` : ''}`;
  if (row.verification?.state !== 'passed') return 'its output was not verified';
  if (row.id.startsWith('model/ort-wasm/')) return 'ran on wasm, not on this GPU';
  if (!row.cost || row.cost.flops + row.cost.bytes <= 0) return 'no counted work';
  if (medianNs(row) === null) return row.kind === 'decoder' ? 'no time per output token' : 'no time';
  return null;
}

function medianNs(row: Row): number | null {
  const metric = findMetric(row, row.kind === 'decoder' ? 'tpot' : 'time');
  const summary = metric?.unit === 'ns' ? summarizeMetric(metric) : null;
  return summary && summary.median > 0 ? summary.median : null;
}

function readProbes(probes: readonly MeasuredCase[]): DeviceProbes | { readonly missing: string } {
  const streams = probes.filter((p) => p.id.startsWith('kernel/stream/') && p.bytes > 0);
  const fmas = probes.filter((p) => p.id.startsWith('kernel/fma/') && p.flops > 0);
  const bandwidth = best(streams, (p) => p.bytes / p.ns);
  const compute = best(fmas, (p) => p.flops / p.ns);
  if (!bandwidth)
    return { missing: 'this result holds no verified kernel/stream/* probe: run a suite that measures it' };
  if (!compute) return { missing: 'this result holds no verified kernel/fma/* probe: run a suite that measures it' };
  const tiny = best(streams, (p) => -p.bytes);
  const small = tiny && tiny.bytes * TINY <= bandwidth.bytes ? tiny : null;
  const bytesPerNs = bandwidth.bytes / bandwidth.ns;
  return {
    bytesPerSecond: bytesPerNs * 1e9,
    bandwidthFrom: bandwidth.id,
    flopsPerSecond: (compute.flops / compute.ns) * 1e9,
    flopsFrom: compute.id,
    overheadNs: small ? Math.max(0, small.ns - small.bytes / bytesPerNs) / small.dispatches : 0,
    overheadFrom: small?.id ?? null,
  };
}

function best<T>(items: readonly T[], score: (item: T) => number): T | null {
  return items.reduce<T | null>((top, item) => (top === null || score(item) > score(top) ? item : top), null);
}

function predictAll(cases: readonly MeasuredCase[], probes: DeviceProbes, how: Combination): PredictedRow[] {
  const quickest = new Map<string, number>();
  for (const item of cases) {
    const key = variantGroup(item.id);
    quickest.set(key, Math.min(item.ns, quickest.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return cases.map((item) => ({
    ...predict(item, probes, how),
    fastest: item.ns === quickest.get(variantGroup(item.id)),
  }));
}

/** max or sum of bytes / bandwidth and flops / peak, plus dispatches × overhead. */
function predict(item: MeasuredCase, probes: DeviceProbes, how: Combination): Omit<PredictedRow, 'fastest'> {
  const parts = {
    bytes: (item.bytes / probes.bytesPerSecond) * 1e9,
    flops: (item.flops / probes.flopsPerSecond) * 1e9,
    dispatches: item.dispatches * probes.overheadNs,
  };
  const work = how === 'max' ? Math.max(parts.bytes, parts.flops) : parts.bytes + parts.flops;
  const predictedNs = work + parts.dispatches;
  const bound = best(['bytes', 'flops', 'dispatches'] as const, (part) => parts[part])!;
  return { id: item.id, kind: item.kind, predictedNs, measuredNs: item.ns, ratio: item.ns / predictedNs, bound };
}

/** Variants of one kernel at one shape share a group; a decoder is a group of its own. */
function variantGroup(id: string): string {
  const { path } = parseCaseId(id);
  const [kind, family] = path.split('/');
  return kind === 'kernel' ? `${family}${id.slice(path.length)}` : id;
}

function fitOf(rows: readonly PredictedRow[]): DeviceFit {
  if (rows.length === 0) return { rows: 0, medianAbsLogRatio: 0 };
  return {
    rows: rows.length,
    medianAbsLogRatio: median(sortSamples(rows.map((row) => Math.abs(Math.log(row.ratio))))),
  };
}
