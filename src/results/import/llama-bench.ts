// What llama.cpp's llama-bench writes with `-o json` or `-o jsonl` → a result file, so that a native run stands beside a
// browser's. Its numbers keep their own definitions: they leave out tokenising and sampling, and nothing is verified.
import * as v from 'valibot';
import { buildInfo } from '../../core/build-info.ts';
import { UserError } from '../../core/errors.ts';
import { type Metric, type ResultFile, type Row, SCHEMA_NAME, SCHEMA_VERSION } from '../schema.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const testSchema = v.looseObject({
  build_commit: v.string(),
  cpu_info: v.string(),
  gpu_info: v.string(),
  model_filename: v.string(),
  model_type: v.string(),
  model_size: count,
  model_n_params: count,
  n_prompt: count,
  n_gen: count,
  n_depth: v.optional(count, 0),
  test_time: v.string(),
  samples_ns: v.pipe(v.array(positive), v.minLength(1)),
});
type Test = v.InferOutput<typeof testSchema>;

export interface ImportIdentity {
  readonly id: string;
  readonly sessionId: string;
}

/** Throws a UserError with file and path for anything else, and for tests of several machines or builds in one file. */
export function fromLlamaBench(text: string, fileName: string, { id, sessionId }: ImportIdentity): ResultFile {
  const tests = parseTests(text, fileName);
  const [first] = tests;
  const mixed = (['build_commit', 'gpu_info', 'cpu_info'] as const).find((key) =>
    tests.some((test) => test[key] !== first![key]),
  );
  if (mixed) throw new UserError(`${fileName}: tests differ in ${mixed}; one result file is one machine and build`);
  const times = tests.map(({ test_time }) => test_time).sort();
  const rows = tests.map(rowOf);
  return {
    schema: SCHEMA_NAME,
    schemaVersion: SCHEMA_VERSION,
    id,
    createdAt: times[0]!,
    tool: { name: 'fleetmark', ...buildInfo },
    environment: environmentOf(first!),
    plan: { suite: 'llama-bench', seed: 0, nonDefault: {} },
    sessions: [
      {
        id: sessionId,
        startedAt: times[0]!,
        state: 'complete',
        timer: {
          kind: 'wall-slope',
          quantumNs: null,
          // ggml_time_us.
          clockStepNs: 1000,
          completionNs: 0,
          gpuOverWall: null,
          reason: 'imported from llama-bench: wall clock around each repetition',
        },
        hiddenMs: 0,
        order: rows.map((row) => row.id),
        rows,
        warnings: first!.gpu_info === '' ? [{ name: 'software-adapter' }] : [],
      },
    ],
  };
}

function parseTests(text: string, fileName: string): Test[] {
  const items = parseItems(text, fileName);
  if (items.length === 0) throw new UserError(`${fileName}: holds no llama-bench test`);
  return items.map((item, i) => {
    const parsed = v.safeParse(testSchema, item, { abortEarly: true });
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    throw new UserError(
      `${fileName}: at ${i}.${v.getDotPath(issue) ?? ''}: ${issue.message}. Expected what llama-bench -o json writes`,
    );
  });
}

/** A JSON list, or one object a line. */
function parseItems(text: string, fileName: string): unknown[] {
  try {
    if (text.trimStart().startsWith('[')) return JSON.parse(text) as unknown[];
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown);
  } catch (error) {
    throw new UserError(`${fileName}: not the JSON of llama-bench (${(error as Error).message}). Run it with -o json`);
  }
}

function environmentOf({ gpu_info, cpu_info, build_commit }: Test): ResultFile['environment'] {
  return {
    lane: 'native',
    adapter: {
      vendor: '',
      architecture: '',
      device: '',
      description: gpu_info || cpu_info,
      isFallback: false,
      isSoftware: gpu_info === '',
      features: [],
      limits: {},
    },
    browser: { name: 'llama.cpp', version: build_commit, userAgent: '', headless: null, flags: [] },
    os: { name: 'not told' },
    logicalCores: 0,
    crossOriginIsolated: false,
    runtimes: { 'llama.cpp': build_commit },
  };
}

/** `model/llama.cpp/tinyllama-q4_0:prompt=512;new=0;depth=0`. */
function rowOf(test: Test): Row {
  const { model_filename, n_prompt, n_gen, n_depth, model_type, model_size, model_n_params, samples_ns } = test;
  const file = model_filename
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.gguf$/, '');
  const name = file.replace(/[^\w.+-]+/g, '-');
  return {
    id: `model/llama.cpp/${name}:prompt=${n_prompt};new=${n_gen};depth=${n_depth}`,
    kind: 'decoder',
    state: 'ok',
    startedMs: 0,
    durationMs: samples_ns.reduce((sum, ns) => sum + ns, 0) / 1e6,
    metrics: [metricOf(test)],
    facts: {
      runtime: `llama.cpp ${test.build_commit}`,
      model: name,
      modelType: model_type,
      modelBytes: model_size,
      parameters: model_n_params,
      promptTokens: n_prompt,
      newTokens: n_gen,
      ...(typeof test.backends === 'string' ? { backends: test.backends } : {}),
    },
    warnings: [{ name: 'unverified-model', detail: 'llama-bench checks no answer' }],
  };
}

function metricOf({ n_prompt, n_gen, samples_ns }: Test): Metric {
  const shared = { estimator: 'wall', opsPerSample: 1 } as const;
  if (n_prompt > 0 && n_gen > 0) {
    const definition = 'latency/llama-bench-pg';
    return {
      ...shared,
      warmup: [],
      excluded: [],
      name: 'latency',
      definition,
      unit: 'ns',
      better: 'lower',
      samples: [...samples_ns],
    };
  }
  const [name, definition] =
    n_prompt > 0 ? ['prefill-rate', 'prefill-rate/llama-bench-pp'] : ['decode-rate', 'decode-rate/llama-bench-tg'];
  const samples = samples_ns.map((ns) => ((n_prompt || n_gen) / ns) * 1e9);
  return {
    ...shared,
    warmup: [],
    excluded: [],
    name: name!,
    definition: definition!,
    unit: 'tokens/s',
    better: 'higher',
    samples,
  };
}
