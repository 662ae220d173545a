// Charts of decoder cases that differ in one number: prompt length, depth of the cache, batch. Rows that failed are not in them.
// Knows no drawing library and no pixels.
import { parseCaseId } from '../core/case-id.ts';
import type { Row, Session } from '../results/schema.ts';
import { findMetric, summarizeMetric } from '../results/summary.ts';
import { formatQuantity } from './units.ts';

export interface SweepPoint {
  readonly x: number;
  readonly y: number;
  readonly lo: number;
  readonly hi: number;
}

export interface SweepSeries {
  /** `tiny · wgsl · f32` */
  readonly label: string;
  readonly points: readonly SweepPoint[];
}

export interface SweepChart {
  readonly kind: 'sweep';
  readonly title: string;
  readonly summary: string;
  readonly xLabel: string;
  readonly unit: 'ns' | 'tokens/s';
  readonly series: readonly SweepSeries[];
}

/** Fewer points are a comparison, not a sweep. */
const FEWEST = 3;
/** A step of a batch that takes this much longer than one sequence's has left the regime in which reading weights is its time. */
export const KNEE = 1.5;

interface SweepRow {
  readonly row: Row;
  readonly prompt: number;
  readonly newTokens: number;
  readonly batch: number;
  /** Everything but the numbers: rows of one label may stand on one line. */
  readonly label: string;
}

export function sweepCharts({ rows }: Pick<Session, 'rows'>): SweepChart[] {
  const sweeps = rows.flatMap((row) => sweepRow(row) ?? []);
  const single = sweeps.filter(({ batch }) => batch === 1);
  const ttft = seriesOf(single, 'ttft', ({ prompt }) => prompt);
  const depth = seriesOf(single, 'decode-rate', ({ prompt, newTokens }) => prompt + newTokens / 2);
  const batches = batchSeries(sweeps);
  return [
    chart('First token over prompt length', 'prompt tokens', 'ns', ttft, describeGrowth(ttft, 'ns')),
    chart('Decode rate over depth', 'tokens in the cache', 'tokens/s', depth, describeGrowth(depth, 'tokens/s')),
    chart('Decode rate over batch', 'sequences', 'tokens/s', batches, batches.map(kneeSentence).join(' ')),
  ].filter((spec) => spec !== null);
}

function chart(
  title: string,
  xLabel: string,
  unit: SweepChart['unit'],
  series: readonly SweepSeries[],
  summary: string,
): SweepChart | null {
  return series.length === 0 ? null : { kind: 'sweep', title, xLabel, unit, series, summary };
}

function sweepRow(row: Row): SweepRow | null {
  if (row.state !== 'ok' || row.verification?.state === 'failed' || !/^(model|file)\//.test(row.id)) return null;
  const { path, params } = parseCaseId(row.id);
  const [, runtime = '', ...name] = path.split('/');
  const { prompt, new: newTokens, batch = 1, type = '', attention = '' } = params;
  if (typeof prompt !== 'number' || typeof newTokens !== 'number' || typeof batch !== 'number') return null;
  const label = [name.join('/'), runtime, type, attention === 'gqa' ? 'gqa' : ''].filter((part) => part).join(' · ');
  return { row, prompt, newTokens, batch, label };
}

function seriesOf(rows: readonly SweepRow[], metric: string, x: (row: SweepRow) => number): SweepSeries[] {
  const points = new Map<string, Map<number, SweepPoint>>();
  for (const item of rows) {
    const point = pointOf(item.row, metric, x(item));
    if (!point) continue;
    const own = points.get(item.label) ?? new Map<number, SweepPoint>();
    if (!own.has(point.x)) own.set(point.x, point);
    points.set(item.label, own);
  }
  return [...points]
    .map(([label, own]) => ({ label, points: [...own.values()].sort((a, b) => a.x - b.x) }))
    .filter((series) => series.points.length >= FEWEST);
}

/** Batches of one prompt and length; one sequence alone belongs to them where it was run at the same. */
function batchSeries(rows: readonly SweepRow[]): SweepSeries[] {
  const keyOf = ({ label, prompt, newTokens }: SweepRow): string => `${label}, prompt ${prompt}, ${newTokens} new`;
  const batched = new Set(rows.filter(({ batch }) => batch > 1).map(keyOf));
  const own = rows.filter((row) => batched.has(keyOf(row))).map((row) => ({ ...row, label: keyOf(row) }));
  return seriesOf(own, 'decode-rate', ({ batch }) => batch);
}

function pointOf(row: Row, name: string, x: number): SweepPoint | null {
  const metric = findMetric(row, name);
  const summary = metric && summarizeMetric(metric);
  if (!summary || !(summary.median > 0)) return null;
  const { median, interval, min, max } = summary;
  return { x, y: median, lo: interval?.lo ?? min, hi: interval?.hi ?? max };
}

function describeGrowth(series: readonly SweepSeries[], unit: 'ns' | 'tokens/s'): string {
  return series
    .map(({ label, points }) => {
      const [first, last] = [points[0]!, points.at(-1)!];
      return `${label}: ${formatQuantity(first.y, unit)} at ${first.x}, ${formatQuantity(last.y, unit)} at ${last.x}.`;
    })
    .join(' ');
}

/** The first batch whose step takes over KNEE times one sequence's; null while reading weights is still most of a step. */
export function kneeOf({ points }: SweepSeries): number | null {
  const alone = points.find(({ x }) => x === 1);
  if (!alone) return null;
  return points.find(({ x, y }) => x / y > KNEE / alone.y)?.x ?? null;
}

function kneeSentence(series: SweepSeries): string {
  const last = series.points.at(-1)!;
  const best = series.points.reduce((most, point) => (point.y > most.y ? point : most));
  const top = `${series.label}: most together ${formatQuantity(best.y, 'tokens/s')} at ${best.x}.`;
  if (!series.points.some(({ x }) => x === 1)) return `${top} Without a batch of 1 there is no knee to name.`;
  const knee = kneeOf(series);
  const rule = `a step takes over ${KNEE} × one sequence’s`;
  return knee === null
    ? `${top} Up to ${last.x} sequences no batch leaves the bandwidth regime (where ${rule}).`
    : `${top} It leaves the bandwidth regime at ${knee} (the first batch where ${rule}).`;
}
