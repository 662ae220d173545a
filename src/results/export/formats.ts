// The list of formats that results can be converted to. Each is a file beside this one.
import type { Metric, ResultFile } from '../schema.ts';
import { toBmf } from './bmf.ts';
import { toCsv } from './csv.ts';
import { toGoogleBenchmark } from './gbench.ts';
import { toGithubActionBenchmark } from './gha.ts';
import { toLlamaBench } from './llama-bench.ts';
import { toTrace } from './trace.ts';
import { toVllm } from './vllm.ts';

export interface ExportOptions {
  /** Which values to write, for formats that hold only one kind. */
  readonly better: Metric['better'];
}

/** Files → text with a newline at its end. At least one file. */
export type Exporter = (files: readonly ResultFile[], options: ExportOptions) => string;

export const EXPORTERS = {
  csv: toCsv,
  'llama-bench': toLlamaBench,
  vllm: toVllm,
  trace: toTrace,
  bmf: toBmf,
  gha: (files, { better }) => toGithubActionBenchmark(files, better),
  gbench: toGoogleBenchmark,
} as const satisfies Record<string, Exporter>;

export type ExportFormat = keyof typeof EXPORTERS;
