// `--to llama-bench`: rows as llama.cpp's llama-bench writes them with `-o json`
// (https://github.com/ggml-org/llama.cpp/tree/master/tools/llama-bench): a prompt (pp) and a generation (tg) row a session and decoder.
import { mean, variance } from '../../stats/mean-difference.ts';
import type { ResultFile } from '../schema.ts';
import { findMetric } from '../summary.ts';
import { deviceText, type PassedRow, passedRows } from './passed-rows.ts';

/** Only keys whose meaning is the same; rates from this project's own definitions, so a tg row has the prompt as its depth. */
export function toLlamaBench(files: readonly ResultFile[]): string {
  return `${JSON.stringify(passedRows(files).flatMap(rowsOf), null, 1)}\n`;
}

function rowsOf(passed: PassedRow): Record<string, unknown>[] {
  const { row } = passed;
  const [prompt, output] = [Number(row.facts.promptTokens), Number(row.facts.newTokens)];
  const prefill = findMetric(row, 'prefill-rate')?.samples ?? [];
  const decodeMetric = findMetric(row, 'decode-rate');
  const decode = decodeMetric?.samples ?? [];
  // A batch is many sequences, which its rows have no place for.
  if (Number(row.facts.batch ?? 1) > 1) return [];
  const asTg = decodeMetric?.definition === 'decode-rate/llama-bench-tg';
  const head = headOf(passed);
  return [
    ...(prefill.length > 0 ? [{ ...head, n_prompt: prompt, n_gen: 0, n_depth: 0, ...timesOf(prefill, prompt) }] : []),
    // The first token comes with the prompt; the rate is of those after it.
    ...(decode.length > 0
      ? [
          asTg
            ? { ...head, n_prompt: 0, n_gen: output, n_depth: 0, ...timesOf(decode, output) }
            : { ...head, n_prompt: 0, n_gen: output - 1, n_depth: prompt, ...timesOf(decode, output - 1) },
        ]
      : []),
  ];
}

function headOf({ file, session, row }: PassedRow): Record<string, unknown> {
  const { facts, placement } = row;
  return {
    build_commit: file.tool.commit?.slice(0, 8) ?? file.tool.version,
    build_number: 0,
    cpu_info: `${file.environment.logicalCores} logical cores`,
    gpu_info: placement?.provider === 'wasm' ? '' : deviceText(file.environment),
    backends: placement?.provider ?? (/\/ort-(\w+)\//.exec(row.id)?.[1] || 'WebGPU'),
    model_filename: facts.model ?? row.id,
    model_type: [facts.model, row.id.match(/type=([^;]+)/)?.[1]].filter(Boolean).join(' '),
    model_size: facts.modelBytes ?? 0,
    model_n_params: facts.parameters ?? 0,
    n_threads: facts.threads ?? 1,
    test_time: session.startedAt,
  };
}

function timesOf(rates: readonly number[], tokens: number): Record<string, unknown> {
  const times = rates.map((rate) => Math.round((tokens / rate) * 1e9));
  return {
    avg_ns: Math.round(mean(times)),
    stddev_ns: Math.round(Math.sqrt(variance(times))),
    avg_ts: mean(rates),
    stddev_ts: Math.sqrt(variance(rates)),
    samples_ns: times,
    samples_ts: rates,
  };
}
