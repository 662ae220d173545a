// The result file, format 1: one JSON, one machine and build, one session per browser launch, raw samples per case.
// Base units only (ns, bytes, tokens); every number finite; unknown keys survive a round trip. Knows no DOM and no Node.
import * as v from 'valibot';
import { WARNINGS, type WarningName } from '../core/warnings.ts';

export const SCHEMA_NAME = 'fleetmark.result';
export const SCHEMA_VERSION = 1;

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();

export const warningSchema = v.looseObject({
  name: v.picklist(Object.keys(WARNINGS) as WarningName[]),
  detail: v.optional(text),
});

/** One measured quantity of a case. Samples are per operation (kernels), per token or per request, in `unit`. */
export const metricSchema = v.looseObject({
  name: text,
  /** Definition id: says which of the field's competing meanings this is; texts in core/definitions.ts. */
  definition: text,
  unit: v.picklist(['ns', 'tokens/s', 'tokens/J', 'bytes', 'J', 'W', '1']),
  better: v.picklist(['lower', 'higher']),
  /** How a sample was taken. */
  estimator: v.picklist(['timestamp', 'wall-slope', 'wall', 'count']),
  /** Repetitions averaged inside one sample. */
  opsPerSample: count,
  samples: v.array(finite),
  warmup: v.array(finite),
  excluded: v.array(v.looseObject({ index: count, value: finite, cause: text })),
});

export const verificationSchema = v.looseObject({
  state: v.picklist(['passed', 'failed', 'none']),
  /** The rule in words, e.g. `NMSE ≤ 1e-11 against f64`. */
  rule: text,
  /** Elements (or tokens) compared, of how many. */
  checked: count,
  total: count,
  figures: v.record(text, finite),
  /** First fault as a small table, when failed. */
  detail: v.optional(text),
  /** The first step of a decoder whose token was not the reference's, also where a near tie excuses it. */
  firstWrong: v.optional(v.looseObject({ step: count, token: v.number(), reference: count, margin: finite })),
  /** Of a trained decoder, on text it was not trained on: its own, and the reference's on the same tokens. */
  perplexity: v.optional(v.looseObject({ value: finite, reference: v.optional(finite), tokens: count, text })),
});

export const costSchema = v.looseObject({
  /** Algorithmic flops and bytes per operation (kernel) or per token (decoder). */
  flops: finite,
  bytes: finite,
  /** GPU dispatches per operation. */
  dispatches: v.optional(count),
  /** The units its operations run on: f32, f16, int8, matrix-f16; f32 when absent. */
  arithmetic: v.optional(text),
});

export const placementSchema = v.looseObject({
  /** Execution provider asked for. */
  provider: text,
  nodes: count,
  nodesOnGpu: count,
  /** Share of node time spent on the GPU, 0 to 1; absent when the runtime cannot tell. */
  timeShareOnGpu: v.optional(finite),
  /** Operator types that ran on the CPU. */
  cpuOperators: v.array(text),
});

/** What the tuner tried for a `kernel/…/tuned` case. */
export const tuningSchema = v.looseObject({
  /** Case id of the kernel that was measured; null when none could be. */
  chosen: v.nullable(text),
  from: v.picklist(['race', 'memory']),
  /** Compiling, verifying and timing all candidates. */
  seconds: finite,
  /** `confident`: all were tried, and each is slower than the chosen one or the same within 1 %. */
  ended: v.picklist(['confident', 'deadline']),
  candidates: v.array(
    v.looseObject({
      id: text,
      state: v.picklist(['chosen', 'equal', 'open', 'slower', 'wrong', 'illegal', 'error', 'untried']),
      /** Why, where it was not timed. */
      reason: v.optional(text),
      /** ns an operation: in a short trial; median over the blocks of the race. */
      trialNs: v.optional(finite),
      timeNs: v.optional(finite),
      blocks: v.optional(count),
      /** Time over the chosen one's in shared blocks, and its interval at 90 %. */
      ratio: v.optional(finite),
      ratioLo: v.optional(finite),
      ratioHi: v.optional(finite),
    }),
  ),
});

export const rowSchema = v.looseObject({
  id: text,
  kind: v.picklist(['kernel', 'decoder', 'model', 'peer']),
  state: v.picklist(['ok', 'failed', 'error', 'skipped', 'cancelled']),
  /** Why, for every state but ok. */
  reason: v.optional(text),
  /** True when the suite declares this failure as known: it does not change the exit code. */
  expectedFailure: v.optional(v.boolean()),
  /** ms since the session began. */
  startedMs: finite,
  durationMs: finite,
  verification: v.optional(verificationSchema),
  metrics: v.array(metricSchema),
  cost: v.optional(costSchema),
  placement: v.optional(placementSchema),
  /** Operations of one decode step, of a runtime that can time them. */
  operations: v.optional(
    v.array(
      v.looseObject({
        name: text,
        ns: finite,
        dispatches: count,
        /** Whether the GPU's own clock was read, or the host's around a submit. */
        clock: v.optional(v.picklist(['gpu', 'wall'])),
      }),
    ),
  ),
  /** Facts about the case that are not measurements: prompt length, model bytes, runtime version, token ids' hash. */
  facts: v.record(text, v.union([finite, text, v.boolean()])),
  tuning: v.optional(tuningSchema),
  warnings: v.array(warningSchema),
});

export const adapterSchema = v.looseObject({
  vendor: text,
  architecture: text,
  device: text,
  description: text,
  isFallback: v.boolean(),
  /** True for a CPU rasteriser (SwiftShader, llvmpipe, WARP). */
  isSoftware: v.boolean(),
  /** As the browser tells it, which most do only with developer features on. */
  driver: v.optional(text),
  features: v.array(text),
  limits: v.record(text, finite),
});

export const timerSchema = v.looseObject({
  kind: v.picklist(['timestamp', 'wall-slope']),
  /** Measured step of GPU timestamps, ns; null without them. */
  quantumNs: v.nullable(finite),
  /** Measured step of the wall clock, ns. */
  clockStepNs: finite,
  /** Median time to learn that an empty queue is done, ns. */
  completionNs: finite,
  /** GPU time / wall time of a known kernel (slope over batch size); null without timestamps. */
  gpuOverWall: v.nullable(finite),
  /** Why this kind was chosen. */
  reason: text,
});

export const environmentSchema = v.looseObject({
  lane: v.picklist(['browser', 'native']),
  /** What a person calls this device (`--label`): tells machines apart whose browsers say the same of themselves. */
  label: v.optional(text),
  adapter: adapterSchema,
  browser: v.looseObject({
    name: text,
    version: text,
    userAgent: text,
    headless: v.nullable(v.boolean()),
    flags: v.array(text),
  }),
  os: v.looseObject({ name: text, architecture: v.optional(text) }),
  logicalCores: count,
  crossOriginIsolated: v.boolean(),
  runtimes: v.record(text, text),
});

/** Times predicted from the session's own probes alone. */
const sealedSchema = v.strictObject({
  /** ms since the session began; rows that started earlier were not predicted. */
  atMs: finite,
  rates: v.strictObject({ bytesPerSecond: finite, flopsPerSecond: finite, overheadNs: finite }),
  /** ns of an operation or a token, by case id. */
  predictedNs: v.record(text, finite),
  /** Of the three fields above as JSON without spaces, in this order. */
  sha256: text,
});

export const sessionSchema = v.looseObject({
  id: text,
  /** RFC 3339, UTC. */
  startedAt: text,
  state: v.picklist(['running', 'complete', 'cancelled', 'interrupted', 'crashed']),
  timer: timerSchema,
  hiddenMs: finite,
  /** Sessions of two files with the same block ran next to each other and are compared as a pair. */
  blockId: v.optional(text),
  /** At the session's end, where the platform tells. */
  power: v.optional(v.picklist(['mains', 'battery'])),
  /** A probe run again after the last case: its time then over its time at the start. */
  sentinel: v.optional(v.looseObject({ id: text, ratio: finite })),
  /** What the probes said of the cases still to come, before any of them ran. */
  sealed: v.optional(sealedSchema),
  /** Case ids in the order planned; rows follow it as far as the session got. */
  order: v.array(text),
  rows: v.array(rowSchema),
  warnings: v.array(warningSchema),
});

export const resultFileSchema = v.looseObject({
  schema: v.literal(SCHEMA_NAME),
  schemaVersion: v.literal(SCHEMA_VERSION),
  id: text,
  createdAt: text,
  tool: v.looseObject({ name: v.literal('fleetmark'), version: text, commit: v.nullable(text), dirty: v.boolean() }),
  environment: environmentSchema,
  plan: v.looseObject({
    suite: text,
    seed: count,
    /** Options that differ from their defaults, as given. */
    nonDefault: v.record(text, v.union([text, finite, v.boolean(), v.array(text)])),
  }),
  sessions: v.array(sessionSchema),
});

type NamedKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: true };
/** The named keys only: unknown ones are kept when a file is read, but no code may lean on them. Records stay records. */
type Named<T> = T extends readonly (infer Item)[]
  ? Named<Item>[]
  : T extends object
    ? [NamedKeys<T>] extends [never]
      ? T
      : { [K in keyof T as string extends K ? never : K]: Named<T[K]> }
    : T;

export type Metric = Named<v.InferOutput<typeof metricSchema>>;
export type Row = Named<v.InferOutput<typeof rowSchema>>;
export type Timer = Named<v.InferOutput<typeof timerSchema>>;
export type Environment = Named<v.InferOutput<typeof environmentSchema>>;
export type SealedPrediction = v.InferOutput<typeof sealedSchema>;
export type Session = Named<v.InferOutput<typeof sessionSchema>>;
export type ResultFile = Named<v.InferOutput<typeof resultFileSchema>>;
