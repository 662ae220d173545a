// `--to bmf`: Bencher Metric Format (https://bencher.dev/docs/reference/bencher-metric-format/): benchmark → measure → value
// with bounds. The value is the median of session medians, the bounds its interval as tables show it.
import type { ResultFile } from '../schema.ts';
import { acrossSessions, joinSessions } from '../sessions.ts';
import { withDevice } from './passed-rows.ts';

interface BmfMetric {
  readonly value: number;
  readonly lower_value?: number;
  readonly upper_value?: number;
}

/** A measure is named `metric (unit)`, since the format has no unit. */
export function toBmf(files: readonly ResultFile[]): string {
  const benchmarks: Record<string, Record<string, BmfMetric>> = {};
  for (const file of files) {
    for (const { id, rows } of joinSessions(file)) {
      for (const name of new Set(rows.flatMap(({ metrics }) => metrics.map((metric) => metric.name)))) {
        const figure = acrossSessions(rows, name);
        if (!figure) continue;
        const { median, interval, metric } = figure;
        const bounds = interval ? { lower_value: interval.lo, upper_value: interval.hi } : {};
        const benchmark = withDevice(files, file, id);
        benchmarks[benchmark] ??= {};
        benchmarks[benchmark][`${name} (${metric.unit})`] = { value: median, ...bounds };
      }
    }
  }
  return `${JSON.stringify(benchmarks, null, 1)}\n`;
}
