// Part (a): what this run's own probes say its other rows should take, beside what they took, and whether that was sealed before.
// A roofline of bytes and flops plus an overhead a dispatch, fed with probe rows only; knows no datasheet and no fleet.

import { parseCaseId } from '../core/case-id.ts';
import { isProbe } from '../core/case-order.ts';
import { predictNs, type Rates, type Work } from '../core/sealed-prediction.ts';
import { collectCases, type MeasuredCase } from '../results/counted-cases.ts';
import { type DeviceProbes, readProbes } from '../results/probed-rates.ts';
import type { ResultFile } from '../results/schema.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import { readSeal, type Seal } from './device-seal.ts';

export interface PredictedRow {
  readonly id: string;
  readonly kind: 'kernel' | 'decoder';
  /** As sealed before the row was measured; where it was not, from the probes as they stand in the file. */
  readonly predictedNs: number;
  readonly sealed: boolean;
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
  readonly fastest: DeviceFit;
  readonly allRows: DeviceFit;
  readonly seal: Seal;
  readonly rows: readonly PredictedRow[];
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

/** The device's part of the report, or why there is none. */
export function buildDevice(result: ResultFile): DevicePart | { readonly missing: string } {
  const { measured, leftOut } = collectCases(result);
  const probes = readProbes(measured.filter(({ id }) => isProbe(id)));
  if ('missing' in probes) return probes;
  const others = measured.filter(({ id }) => !isProbe(id));
  if (others.length === 0)
    return { missing: 'this result holds no verified row beside its probes: nothing to predict' };
  const seal = readSeal(result);
  const rows = predictAll(others, probes, seal);
  return {
    probes,
    fastest: fitOf(rows.filter((row) => row.fastest)),
    allRows: fitOf(rows),
    seal,
    rows,
    leftOut,
  };
}

function predictAll(cases: readonly MeasuredCase[], probes: DeviceProbes, { predicted }: Seal): PredictedRow[] {
  const quickest = new Map<string, number>();
  for (const item of cases) {
    const key = variantGroup(item);
    quickest.set(key, Math.min(item.ns, quickest.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return cases.map((item) => {
    const sealed = predicted.get(item.id);
    const predictedNs = sealed ?? predictNs(item, probes);
    return {
      id: item.id,
      kind: item.kind,
      predictedNs,
      sealed: sealed !== undefined,
      measuredNs: item.ns,
      ratio: item.ns / predictedNs,
      bound: boundOf(item, probes),
      fastest: item.ns === quickest.get(variantGroup(item)),
    };
  });
}

function boundOf(item: Work, probes: Rates): PredictedRow['bound'] {
  const parts = {
    bytes: (item.bytes / probes.bytesPerSecond) * 1e9,
    flops: (item.flops / probes.flopsPerSecond) * 1e9,
    dispatches: item.dispatches * probes.overheadNs,
  };
  return (['bytes', 'flops', 'dispatches'] as const).reduce((top, part) => (parts[part] > parts[top] ? part : top));
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
