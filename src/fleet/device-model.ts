// Part (a): what this run's own probes say its other rows should take, beside what they took.
// A roofline of bytes and flops plus an overhead a dispatch, fed with probe rows only; knows no datasheet and no fleet.
import { parseCaseId } from '../core/case-id.ts';
import type { ResultFile } from '../results/schema.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import { collectCases, type MeasuredCase } from './device-cases.ts';
import { type DeviceProbes, isProbe, readProbes } from './device-probes.ts';

type Combination = 'max' | 'sum';

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

interface DeviceFit {
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

/** The device's part of the report, or why there is none. */
export function buildDevice(result: ResultFile): DevicePart | { readonly missing: string } {
  const { measured, leftOut } = collectCases(result);
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

function predictAll(cases: readonly MeasuredCase[], probes: DeviceProbes, how: Combination): PredictedRow[] {
  const quickest = new Map<string, number>();
  for (const item of cases) {
    const key = variantGroup(item);
    quickest.set(key, Math.min(item.ns, quickest.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return cases.map((item) => ({
    ...predict(item, probes, how),
    fastest: item.ns === quickest.get(variantGroup(item)),
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
  const bound = (['bytes', 'flops', 'dispatches'] as const).reduce((top, part) =>
    parts[part] > parts[top] ? part : top,
  );
  return { id: item.id, kind: item.kind, predictedNs, measuredNs: item.ns, ratio: item.ns / predictedNs, bound };
}

/** Variants of one kernel at one shape and of equal work share a group; a decoder is a group of its own. */
function variantGroup({ id, flops, bytes }: MeasuredCase): string {
  const { path } = parseCaseId(id);
  const [kind, family] = path.split('/');
  return kind === 'kernel' ? `${family}${id.slice(path.length)} ${flops} ${bytes}` : id;
}

function fitOf(rows: readonly PredictedRow[]): DeviceFit {
  if (rows.length === 0) return { rows: 0, medianAbsLogRatio: 0 };
  return {
    rows: rows.length,
    medianAbsLogRatio: median(sortSamples(rows.map((row) => Math.abs(Math.log(row.ratio))))),
  };
}
