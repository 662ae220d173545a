// The kernels of a session under the roofs its probes measured, as data: points, roofs, and the sentence that says it.
import { isProbe } from '../core/case-order.ts';
import type { Session } from '../results/schema.ts';
import { findMetric, measuredRoofline, rateOf, rooflineShare } from '../results/summary.ts';
import { labelCase, oneLine } from './case-label.ts';
import { boundText } from './case-lines.ts';
import { aboveRoofText } from './headlines.ts';
import { leftOut } from './left-out.ts';
import { formatQuantity, formatShare } from './units.ts';

export interface RooflinePoint {
  readonly id: string;
  readonly label: string;
  /** Flops per byte. */
  readonly intensity: number;
  readonly flopsPerSecond: number;
  /** What a pointer over the point tells. */
  readonly tip: string;
  /** Attained over attainable. */
  readonly share: number;
  /** The best of its family: labelled directly. */
  readonly named: boolean;
}

export interface RooflineChart {
  readonly title: string;
  /** One sentence that says what the chart shows; its text alternative. */
  readonly summary: string;
  readonly kind: 'roofline';
  readonly bytesPerSecond: number;
  /** Of f32 arithmetic. */
  readonly flopsPerSecond: number;
  /** The other units that some point is held to. */
  readonly otherRoofs: readonly { readonly label: string; readonly flopsPerSecond: number }[];
  readonly points: readonly RooflinePoint[];
}

/** Every checked kernel under the two measured roofs; null without both roofs or without a kernel. */
export function rooflineChart(session: Pick<Session, 'rows'>): RooflineChart | null {
  const roof = measuredRoofline(session);
  const { bytesPerSecond, flopsPerSecond, compute } = roof;
  if (bytesPerSecond === null || flopsPerSecond === null) return null;
  const measured = session.rows.filter(
    (row) => row.kind === 'kernel' && !isProbe(row.id) && findMetric(row, 'time')?.samples.length,
  );
  const good = measured.filter((row) => row.state === 'ok' && row.verification?.state === 'passed');
  const entries = good.flatMap((row) => {
    const [rate, share] = [rateOf(row, 'flops'), rooflineShare(row, roof)];
    return rate !== null && share && row.cost ? [{ row, rate, share, cost: row.cost }] : [];
  });
  if (entries.length === 0) return null;
  const best = new Map<string, (typeof entries)[number]>();
  for (const entry of entries) {
    const { family } = labelCase(entry.row.id);
    if (entry.share.share > (best.get(family)?.share.share ?? 0)) best.set(family, entry);
  }
  const points = entries.map((entry) => {
    const label = labelCase(entry.row.id);
    return {
      id: entry.row.id,
      label: `${label.name} ${formatShare(entry.share.share)}`,
      intensity: entry.cost.flops / entry.cost.bytes,
      flopsPerSecond: entry.rate,
      tip: `${oneLine(label)}\n${formatQuantity(entry.rate, 'FLOP/s')}, ${formatShare(entry.share.share)} of the ${boundText(entry.share)} roof`,
      share: entry.share.share,
      named: best.get(label.family) === entry,
    };
  });
  const otherRoofs = Object.entries(compute)
    .filter(([name]) => name !== 'f32' && entries.some(({ share }) => share.arithmetic === name))
    .map(([label, rate]) => ({ label, flopsPerSecond: rate }));
  return {
    kind: 'roofline',
    title: 'Kernels under the measured roofline',
    summary: rooflineSummary(
      roofsText(bytesPerSecond, flopsPerSecond, otherRoofs),
      points,
      measured.length - entries.length,
    ),
    bytesPerSecond,
    flopsPerSecond,
    otherRoofs,
    points,
  };
}

/** `2.38 GB/s and 34.1 GFLOP/s`, `2.38 GB/s, f32 34.1 GFLOP/s and int8 3.34 GFLOP/s`. */
function roofsText(bytes: number, f32: number, others: RooflineChart['otherRoofs']): string {
  const named = others.length === 0 ? [] : [{ label: 'f32', flopsPerSecond: f32 }, ...others];
  const rates = named.map(({ label, flopsPerSecond: rate }) => `${label} ${formatQuantity(rate, 'FLOP/s')}`);
  const parts = [formatQuantity(bytes, 'bytes/s'), ...(rates.length > 0 ? rates : [formatQuantity(f32, 'FLOP/s')])];
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function rooflineSummary(roofs: string, points: readonly RooflinePoint[], left: number): string {
  const within = points.filter(({ share }) => share <= 1).sort((a, b) => b.share - a.share);
  const nearest = within[0];
  const above = points.length - within.length;
  return [
    `${points.length} checked kernels against ${roofs}`,
    nearest ? `; ${oneLine(labelCase(nearest.id))} comes nearest with ${formatShare(nearest.share)}.` : '.',
    above > 0 ? ` ${aboveRoofText(above)}.` : '',
    leftOut(left, 'not checked, without flops or without a probe of its arithmetic,'),
  ].join('');
}
