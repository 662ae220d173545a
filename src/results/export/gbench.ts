// `--to gbench`: Google Benchmark's JSON (https://github.com/google/benchmark/blob/main/docs/tools.md), so that its compare.py
// runs: a session is a repetition, its median the time. Only times fit the format; rates are left out.
import type { Metric, ResultFile, Row } from '../schema.ts';
import { summarizeMetric } from '../summary.ts';
import { deviceText, type PassedRow, passedRows, withDevice } from './passed-rows.ts';

export function toGoogleBenchmark(files: readonly ResultFile[]): string {
  const [first] = files;
  const runs = passedRows(files).flatMap((passed) =>
    passed.row.metrics
      .filter((metric) => metric.unit === 'ns' && metric.samples.length > 0)
      .map((metric) => ({
        ...passed,
        metric,
        name: `${withDevice(files, passed.file, passed.row.id)}/${metric.name}`,
      })),
  );
  const families = [...new Set(runs.map(({ name }) => name))];
  const seen = new Map<string, number>();
  const benchmarks = runs.map((run) => {
    const index = seen.get(run.name) ?? 0;
    seen.set(run.name, index + 1);
    return entryOf(run, families.indexOf(run.name), index, runs.filter(({ name }) => name === run.name).length);
  });
  return `${JSON.stringify({ context: contextOf(first!), benchmarks }, null, 1)}\n`;
}

function contextOf({ createdAt, environment, tool }: ResultFile): Record<string, unknown> {
  return {
    date: createdAt,
    // A result file names no host.
    host_name: deviceText(environment),
    executable: `fleetmark ${tool.version}`,
    num_cpus: environment.logicalCores,
    mhz_per_cpu: 0,
    cpu_scaling_enabled: false,
    caches: [],
    load_avg: [],
    library_build_type: 'release',
    json_schema_version: 1,
  };
}

function entryOf(
  { name, row, metric }: PassedRow & { name: string; metric: Metric },
  family: number,
  repetition: number,
  repetitions: number,
): Record<string, unknown> {
  const { median, n } = summarizeMetric(metric)!;
  return {
    name,
    family_index: family,
    per_family_instance_index: 0,
    run_name: name,
    run_type: 'iteration',
    repetitions,
    repetition_index: repetition,
    threads: 1,
    iterations: n * metric.opsPerSample,
    real_time: median,
    // compare.py wants it; a GPU's work has no processor time of its own.
    cpu_time: median,
    time_unit: 'ns',
    ...ratesOf(row, metric, median),
  };
}

/** The format's own names for work over time. */
function ratesOf({ cost }: Row, { name }: Metric, median: number): Record<string, number> {
  if (!cost || name !== 'time' || median <= 0) return {};
  return { bytes_per_second: (cost.bytes / median) * 1e9, flops_per_second: (cost.flops / median) * 1e9 };
}
