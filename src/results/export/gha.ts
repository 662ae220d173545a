// `--to gha`: github-action-benchmark's custom format (https://github.com/benchmark-action/github-action-benchmark#readme).
// It takes either smaller-is-better or bigger-is-better values in one file, so one of the two is asked for.
import type { Metric, ResultFile } from '../schema.ts';
import { acrossSessions, joinSessions } from '../sessions.ts';
import { withDevice } from './passed-rows.ts';

/** `lower` for `customSmallerIsBetter`, `higher` for `customBiggerIsBetter`. */
export function toGithubActionBenchmark(files: readonly ResultFile[], better: Metric['better']): string {
  const entries = files.flatMap((file) =>
    joinSessions(file).flatMap(({ id, rows }) =>
      [...new Set(rows.flatMap(({ metrics }) => metrics.map(({ name }) => name)))].flatMap((name) => {
        const figure = acrossSessions(rows, name);
        if (figure?.metric.better !== better) return [];
        const { median, interval, samples, sessions, metric } = figure;
        const range = interval ? { range: `± ${(interval.hi - interval.lo) / 2}` } : {};
        const extra = `${samples} samples in ${sessions} sessions; ${metric.definition}`;
        return [{ name: `${withDevice(files, file, id)}/${name}`, unit: metric.unit, value: median, ...range, extra }];
      }),
    ),
  );
  return `${JSON.stringify(entries, null, 1)}\n`;
}
