// A user's own serving runs as points: the result files of vLLM (`--save-result`), AIPerf and InferenceX. What a file does not
// state (chip, GPUs, precision) is given beside it. Knows no fit.
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { type Point, parsePoints } from './points.ts';

/** What the files leave open; a given value wins over the file's. */
export interface RunFacts {
  readonly hardware?: string | undefined;
  readonly model?: string | undefined;
  readonly precision?: string | undefined;
  readonly engine?: string | undefined;
  readonly gpus?: number | undefined;
  readonly tp?: number | undefined;
  readonly concurrency?: number | undefined;
}

const number = v.pipe(v.number(), v.finite());
const positive = v.pipe(number, v.gtValue(0));

/** vLLM's benchmarks/serve.py: milliseconds and totals over the run. */
const vllmSchema = v.object({
  model_id: v.optional(v.string()),
  backend: v.optional(v.string()),
  date: v.optional(v.string()),
  completed: positive,
  total_input_tokens: positive,
  total_output_tokens: positive,
  output_throughput: positive,
  max_concurrency: v.optional(v.nullable(positive)),
  mean_ttft_ms: positive,
  mean_tpot_ms: positive,
});

/** InferenceX's aggregated results: seconds, output tokens/s per GPU. */
const inferencexSchema = v.object({
  hw: v.string(),
  model: v.optional(v.string()),
  framework: v.optional(v.string()),
  precision: v.optional(v.string()),
  conc: v.union([positive, v.pipe(v.string(), v.transform(Number), positive)]),
  isl: positive,
  osl: positive,
  tp: v.optional(positive),
  dp_attention: v.optional(v.union([v.boolean(), v.string()])),
  mean_ttft: positive,
  mean_tpot: positive,
  output_tput_per_gpu: positive,
});

const average = v.object({ avg: positive });
const aiperfMetrics = v.object({
  time_to_first_token: average,
  inter_token_latency: average,
  output_token_throughput: average,
  input_sequence_length: average,
  output_sequence_length: average,
});
const aiperfConfig = v.object({
  endpoint: v.optional(v.object({ model_names: v.optional(v.array(v.string())) })),
  loadgen: v.optional(v.object({ concurrency: v.optional(v.nullable(positive)) })),
});

/** Everything a point takes from a file, before the user's facts are laid over it. */
type Draft = { [K in keyof Point]?: Point[K] | undefined };

/** Points of one parsed file; an InferenceX file may hold a list. A UserError says what is missing or not understood. */
export function importRuns(json: unknown, file: string, facts: RunFacts): Point[] {
  const entries: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (entries.length === 0) throw new UserError(`${file} holds no run`);
  return entries.map((entry, i) => {
    const draft = draftOf(entry);
    if (!draft)
      throw new UserError(
        `${file}: not a result of vLLM --save-result, AIPerf (profile_export_aiperf.json) or InferenceX`,
      );
    return completed(draft, entries.length > 1 ? `${file}#${i}` : file, facts);
  });
}

function draftOf(entry: unknown): Draft | null {
  const vllm = v.safeParse(vllmSchema, entry);
  if (vllm.success) return fromVllm(vllm.output);
  const inferencex = v.safeParse(inferencexSchema, entry);
  if (inferencex.success) return fromInferencex(inferencex.output);
  return fromAiperf(entry);
}

function fromVllm(run: v.InferOutput<typeof vllmSchema>): Draft {
  return {
    model: run.model_id,
    // `backend` names the protocol the client spoke, which the engine is read from where it says so.
    backend: run.backend,
    isl: run.total_input_tokens / run.completed,
    osl: run.total_output_tokens / run.completed,
    concurrency: run.max_concurrency ?? null,
    tpot_ms: run.mean_tpot_ms,
    ttft_ms: run.mean_ttft_ms,
    tok_s_per_gpu: run.output_throughput,
  };
}

function fromInferencex(run: v.InferOutput<typeof inferencexSchema>): Draft {
  const dp = run.dp_attention === true || run.dp_attention === 'true' || run.dp_attention === 'True';
  const gpus = run.tp ?? null;
  return {
    hardware: run.hw,
    model: run.model,
    precision: run.precision,
    backend: run.framework,
    gpus,
    tp: dp ? 1 : gpus,
    attention_dp: dp ? gpus : 1,
    concurrency: run.conc,
    isl: run.isl,
    osl: run.osl,
    tpot_ms: run.mean_tpot * 1000,
    ttft_ms: run.mean_ttft * 1000,
    tok_s_per_gpu: run.output_tput_per_gpu * (gpus ?? 1),
  };
}

/** AIPerf keeps its metrics at the top or, in some versions, under `records`; latencies are milliseconds. */
function fromAiperf(entry: unknown): Draft | null {
  const whole = v.safeParse(
    v.object({ records: v.optional(v.unknown()), input_config: v.optional(v.unknown()) }),
    entry,
  );
  if (!whole.success) return null;
  const metrics = v.safeParse(aiperfMetrics, whole.output.records ?? entry);
  if (!metrics.success) return null;
  const config = v.safeParse(aiperfConfig, whole.output.input_config ?? {});
  const { endpoint, loadgen } = config.success ? config.output : {};
  return {
    model: endpoint?.model_names?.[0],
    concurrency: loadgen?.concurrency ?? null,
    isl: metrics.output.input_sequence_length.avg,
    osl: metrics.output.output_sequence_length.avg,
    tpot_ms: metrics.output.inter_token_latency.avg,
    ttft_ms: metrics.output.time_to_first_token.avg,
    tok_s_per_gpu: metrics.output.output_token_throughput.avg,
  };
}

/** Lays the facts over the draft; tok_s_per_gpu holds the whole replica's rate until here. */
function completed(draft: Draft, id: string, facts: RunFacts): Point {
  const gpus = facts.gpus ?? draft.gpus ?? facts.tp ?? 1;
  const stated = { ...draft, backend: facts.engine ?? draft.backend, tok_s_per_gpu: draft.tok_s_per_gpu! / gpus };
  const over = Object.fromEntries(
    (['hardware', 'model', 'precision', 'tp', 'concurrency'] as const).flatMap((key) =>
      facts[key] === undefined ? [] : [[key, facts[key]]],
    ),
  );
  const entry: Record<string, unknown> = { ...stated, ...over, id, gpus };
  for (const key of ['hardware', 'model', 'precision', 'concurrency']) {
    if (entry[key] === undefined || entry[key] === null)
      throw new UserError(`${id} does not state its ${key}: give --${key}`);
  }
  const [point] = parsePoints([entry], id);
  if (!point || 'reason' in point) throw new UserError(`${id}: ${point?.reason ?? 'no run'}`);
  return point;
}
