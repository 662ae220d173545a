// Derives what is shown from what was stored: medians with intervals, rates, and the share of the measured roofline.
// Pure; every figure is recomputed from raw samples, never read from a file.

import { parseCaseId } from '../core/case-id.ts';
import { isCpuRuntime, runtimeOfCase } from '../core/runtimes.ts';
import {
  type Interval,
  median,
  medianInterval,
  quantile,
  samplesForPercentile,
  sortSamples,
  supportedPercentile,
} from '../stats/order-statistics.ts';
import type { Metric, Row, Session } from './schema.ts';

export interface MetricSummary {
  readonly n: number;
  readonly median: number;
  /** 95 % order-statistic interval for the median; null below six samples. */
  readonly interval: Interval | null;
  /** Half the interval's width over the median; null without an interval. */
  readonly relativeHalfWidth: number | null;
  readonly min: number;
  readonly max: number;
  /** Null where n does not support it (29 for p90, 299 for p99). */
  readonly p90: number | null;
  readonly p99: number | null;
}

/** Null when the metric holds no sample. */
export function summarizeMetric(metric: Pick<Metric, 'samples'>): MetricSummary | null {
  if (metric.samples.length === 0) return null;
  const sorted = sortSamples(metric.samples);
  const middle = median(sorted);
  const interval = medianInterval(sorted);
  return {
    n: sorted.length,
    median: middle,
    interval,
    relativeHalfWidth: interval && middle !== 0 ? (interval.hi - interval.lo) / 2 / Math.abs(middle) : null,
    min: quantile(sorted, 0),
    max: quantile(sorted, 1),
    p90: supportedPercentile(sorted, 0.9),
    p99: supportedPercentile(sorted, 0.99),
  };
}

/** Samples needed before p90 and p99 may be shown. */
export const PERCENTILE_NEEDS = { p90: samplesForPercentile(0.9), p99: samplesForPercentile(0.99) } as const;

export function findMetric(row: Row, name: string): Metric | undefined {
  return row.metrics.find((metric) => metric.name === name);
}

/** The two roofs this session measured with its probes; a roof is null when no probe of it passed. */
export interface Roofline {
  readonly bytesPerSecond: number | null;
  /** Of f32 arithmetic. */
  readonly flopsPerSecond: number | null;
  /** By arithmetic (`f32`, `f16`, `int8`, `matrix-f16`): each runs on units of its own. */
  readonly compute: Readonly<Record<string, number>>;
}

/**
 * Bandwidth: the best verified `kernel/stream/read*` row of the largest size measured, since smaller ones may sit in a cache;
 * a copy's where nothing was only read. Compute: the best verified `kernel/fma/*` row of each arithmetic.
 */
export function measuredRoofline(session: Pick<Session, 'rows'>): Roofline {
  const probes = (path: string): Row[] => session.rows.filter((row) => row.id.startsWith(path) && row.state === 'ok');
  const reading = probes('kernel/stream/read');
  const streams = reading.length > 0 ? reading : probes('kernel/stream/');
  const sizeOf = (row: Row): number => Number(parseCaseId(row.id).params.bytes);
  const largest = Math.max(...streams.map(sizeOf));
  const fmas = probes('kernel/fma/');
  const compute = Object.fromEntries(
    [...new Set(fmas.map(arithmeticOf))].flatMap((arithmetic) => {
      const rate = bestRate(
        fmas.filter((row) => arithmeticOf(row) === arithmetic),
        'flops',
      );
      return rate === null ? [] : [[arithmetic, rate]];
    }),
  );
  return {
    bytesPerSecond: bestRate(
      streams.filter((row) => sizeOf(row) === largest),
      'bytes',
    ),
    flopsPerSecond: compute.f32 ?? null,
    compute,
  };
}

/** The units a row's operations run on; files from before this was told apart hold f32 alone. */
export function arithmeticOf({ cost }: Pick<Row, 'cost'>): string {
  return cost?.arithmetic ?? 'f32';
}

function bestRate(rows: readonly Row[], work: 'bytes' | 'flops'): number | null {
  const best = Math.max(0, ...rows.map((row) => rateOf(row, work) ?? 0));
  return best > 0 ? best : null;
}

/** Algorithmic bytes or flops per second of a kernel row at its median time; null when it has none. */
export function rateOf(row: Row, work: 'bytes' | 'flops'): number | null {
  const metric = findMetric(row, 'time');
  const summary = metric && summarizeMetric(metric);
  if (!summary || !row.cost || row.cost[work] <= 0 || summary.median <= 0) return null;
  return (row.cost[work] / summary.median) * 1e9;
}

export interface RooflineShare {
  /** Attained over attainable, 0 to about 1. */
  readonly share: number;
  /** Which roof is the lower one at this row's flops per byte. */
  readonly bound: 'bandwidth' | 'compute';
  /** Whose compute roof it was held to. */
  readonly arithmetic: string;
}

/** A row's share of the roof that applies at its arithmetic intensity; null when a needed roof was not measured. */
export function rooflineShare(row: Row, roof: Roofline): RooflineShare | null {
  const metric = findMetric(row, 'time');
  const summary = metric && summarizeMetric(metric);
  const arithmetic = arithmeticOf(row);
  const flopsPerSecond = roof.compute[arithmetic];
  if (!summary || !row.cost || roof.bytesPerSecond === null || flopsPerSecond === undefined) return null;
  const bytesNs = (row.cost.bytes / roof.bytesPerSecond) * 1e9;
  const flopsNs = (row.cost.flops / flopsPerSecond) * 1e9;
  return {
    share: Math.max(bytesNs, flopsNs) / summary.median,
    bound: bytesNs >= flopsNs ? 'bandwidth' : 'compute',
    arithmetic,
  };
}

/** Which probe a timed kernel row would have needed for its share; null where it has one, or nothing to hold to a roof. */
export function missingProbe(row: Row, roof: Roofline): string | null {
  if (row.kind !== 'kernel' || row.state !== 'ok' || !row.cost || !findMetric(row, 'time')?.samples.length) return null;
  const arithmetic = arithmeticOf(row);
  const missing = [
    ...(roof.bytesPerSecond === null ? ['stream'] : []),
    ...(roof.compute[arithmetic] === undefined ? [`${arithmetic} fma`] : []),
  ];
  return missing.length === 0 ? null : `no ${missing.join(', no ')} probe`;
}

export interface DecodeBound {
  /** Tokens per second if every byte of a token came at the measured bandwidth and nothing else took time. */
  readonly tokensPerSecond: number;
  /** Measured decode rate over that. */
  readonly share: number;
}

/**
 * A decoder's rate against the bandwidth bound: bytes a token (weights once, cache read and written) over the bandwidth the
 * session's probes measured on this GPU. Null without either, and for a row that did not run on the GPU.
 */
export function decodeBound(row: Row, roof: Roofline): DecodeBound | null {
  const metric = findMetric(row, 'decode-rate');
  const summary = metric && summarizeMetric(metric);
  if (!summary || !row.cost || !(row.cost.bytes > 0) || roof.bytesPerSecond === null || !ranOnGpu(row)) return null;
  const tokensPerSecond = roof.bytesPerSecond / row.cost.bytes;
  return { tokensPerSecond, share: summary.median / tokensPerSecond };
}

/** Our own engine has no placement to tell of: all of it is on the GPU. */
export function ranOnGpu({ id, placement }: Pick<Row, 'id' | 'placement'>): boolean {
  return placement?.provider === 'webgpu' || runtimeOfCase(id) === 'wgsl';
}

/** By its runtime, or by what the runtime told of its placement. */
export function ranOnCpu({ id, placement }: Pick<Row, 'id' | 'placement'>): boolean {
  return placement?.provider === 'wasm' || isCpuRuntime(runtimeOfCase(id) ?? '');
}
