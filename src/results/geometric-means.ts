// The geometric mean of speed-ups per metric, over the rows both files share and may be compared. Pure.
import { type MeanDifference, mean } from '../stats/mean-difference.ts';

/** A compared row, as far as a mean needs it. */
export interface AveragedRow {
  readonly metric: string | null;
  readonly better: 'lower' | 'higher';
  readonly verdict: string;
  readonly estimate: { readonly difference: Pick<MeanDifference, 'difference'> } | null;
}

export interface GeometricMean {
  readonly metric: string;
  /** Above 1 is better, whatever the metric. */
  readonly speedup: number;
  /** Rows it covers, of all rows of this metric in either file. */
  readonly rows: number;
  readonly of: number;
}

/** One entry per metric with at least two rows to average. `alone` are metrics of cases that one file lacks, once each. */
export function geometricMeans(rows: readonly AveragedRow[], alone: readonly string[]): GeometricMean[] {
  const metrics = [...new Set(rows.flatMap(({ metric }) => metric ?? []))];
  return metrics.flatMap((metric) => {
    const all = rows.filter((row) => row.metric === metric);
    const logs = all.flatMap(({ verdict, estimate, better }) => {
      if (verdict === 'not-comparable' || !estimate) return [];
      return [(better === 'higher' ? 1 : -1) * estimate.difference.difference];
    });
    if (logs.length < 2) return [];
    const of = all.length + alone.filter((name) => name === metric).length;
    return [{ metric, speedup: Math.exp(mean(logs)), rows: logs.length, of }];
  });
}
