// The decoder cases of the suites: their ids, what an id means, and which failures are known.
// Knows no runtime object: an id is turned into numbers and names, nothing more.
import { formatCaseId, type Params, type ParamValue, parseCaseId } from '../src/core/case-id.ts';
import { UserError, unknownValue } from '../src/core/errors.ts';
import type { ListedCase } from '../src/core/suites.ts';
import { WEIGHT_TYPES, type WeightType } from './decoder-cost.ts';
import { DECODERS } from './decoders.ts';

/** `wgsl` is this project's engine. */
export const OWN_RUNTIMES = ['wgsl', 'ort-webgpu', 'ort-wasm'] as const;

/**
 * Optional ones, which a person installs: the package, the newest version that has what is needed of it, and the package it
 * takes its wasm files from.
 */
export const EXTRA_RUNTIMES = {
  wllama: { packageName: '@wllama/wllama', version: '2.4.0', wasmPackage: null },
  'transformers.js': { packageName: '@huggingface/transformers', version: '4.3.1', wasmPackage: 'onnxruntime-web' },
} as const satisfies Record<string, { packageName: string; version: string; wasmPackage: string | null }>;
export type ExtraRuntime = keyof typeof EXTRA_RUNTIMES;

export type ModelRuntime = (typeof OWN_RUNTIMES)[number] | ExtraRuntime;
export const MODEL_RUNTIMES: readonly ModelRuntime[] = [
  ...OWN_RUNTIMES,
  ...(Object.keys(EXTRA_RUNTIMES) as ExtraRuntime[]),
];

export function isExtra(runtime: ModelRuntime): runtime is ExtraRuntime {
  return runtime in EXTRA_RUNTIMES;
}

/** What to type to have it. */
export function installCommand(runtime: ExtraRuntime): string {
  const { packageName, version } = EXTRA_RUNTIMES[runtime];
  return `npm install --no-save ${packageName}@${version}`;
}

/** `plain`: ONNX's own operators only. `gqa`: com.microsoft GroupQueryAttention with rotation inside. */
const ATTENTION_FORMS = ['plain', 'gqa'] as const;
export type AttentionForm = (typeof ATTENTION_FORMS)[number];

/** Runtimes that decode several sequences at once. */
const BATCHING: readonly ModelRuntime[] = ['wgsl'];

const ONNX_TYPES = WEIGHT_TYPES.filter((type) => type !== 'int8');

/** The trained model of models/tiny. */
export const TINY = 'tiny';

/** What a decoder id says: `model/<runtime>/<model>:prompt=64;new=32;type=f32;attention=plain`. */
export interface DecoderCase {
  readonly runtime: ModelRuntime;
  /** A shape of models/decoders.ts with seeded weights, or the trained `tiny`. */
  readonly model: string;
  /** Prompt length and new tokens, both in tokens; at least 2 new ones, so that there is a gap to measure. */
  readonly prompt: number;
  readonly newTokens: number;
  readonly type: WeightType;
  /** How an ONNX graph writes attention; null for a runtime that reads none. */
  readonly attention: AttentionForm | null;
  /** Windows of held-out text for the perplexity of a trained model; `whole` takes all. */
  readonly heldout: number | 'whole';
  /** Sequences decoded together; 1 in ids that do not say. */
  readonly batch: number;
  /** Tokens are drawn from softmax(logits / temperature); 0, the largest logit, in ids that do not say. */
  readonly temperature: number;
}

type Suites = ListedCase['suites'];
const SMOKE: Suites = ['smoke', 'full'];
const DEFAULT: Suites = ['default', 'full'];
const FULL: Suites = ['full'];
/** Each line on the extras too, beside our own runtimes. */
const EXTRAS: Suites = ['extras'];

interface Line {
  readonly model: string;
  readonly prompt: number;
  readonly newTokens: number;
  readonly type: WeightType;
  readonly suites: Suites;
  /** Of the ONNX graphs; none leaves the line to our engine. */
  readonly attention?: AttentionForm;
  readonly heldout?: 'whole';
  readonly batch?: number;
  readonly temperature?: number;
}

function line(
  model: string,
  prompt: number,
  newTokens: number,
  type: WeightType,
  suites: Suites,
  more: Partial<Line> = {},
): Line {
  return { model, prompt, newTokens, type, suites, attention: 'plain', ...more };
}

/** Each line on every runtime; `attention` only matters to those that read ONNX. */
const LINES: readonly Line[] = [
  line('test-4x128', 16, 8, 'f32', SMOKE),
  line('test-4x128', 64, 16, 'f32', DEFAULT),
  line(TINY, 24, 16, 'f32', DEFAULT),
  line(TINY, 24, 16, 'int4', DEFAULT),
  line(TINY, 24, 64, 'f32', FULL),
  line(TINY, 24, 48, 'f32', FULL, { temperature: 0.8 }),
  line(TINY, 24, 16, 'f32', FULL, { heldout: 'whole' }),
  line(TINY, 24, 16, 'int4', FULL, { heldout: 'whole' }),
  line('smollm2-135m', 64, 32, 'f32', DEFAULT),
  ...[16, 128, 192].map((prompt) => line(TINY, prompt, 32, 'f32', FULL)),
  ...[2, 4, 8, 16, 32, 64].map((batch) => line('test-4x128', 16, 16, 'f32', FULL, { batch })),
  line('test-4x128', 16, 16, 'f32', FULL),
  line(TINY, 24, 32, 'f32', EXTRAS),
  line(TINY, 24, 32, 'f16', EXTRAS),
  ...[128, 256, 512, 1024, 2048].map((prompt) => line('smollm2-135m', prompt, 32, 'f16', FULL)),
  ...[1, 2, 4, 8, 16, 32, 64].map((batch) => line('llama-3.2-1b', 64, 32, 'f16', FULL, { batch, attention: 'gqa' })),
  ...[256, 1024, 4096].map((prompt) => line('llama-3.2-1b', prompt, 32, 'f16', FULL, { attention: 'gqa' })),
  line('test-4x128', 24, 16, 'f32', FULL, { attention: 'gqa' }),
  line('test-4x128', 64, 16, 'f32', FULL, { attention: 'gqa' }),
  line('test-4x128', 64, 16, 'int4', FULL),
  line('test-4x128', 64, 16, 'f16', FULL),
  line('test-16x64', 16, 32, 'f32', FULL),
  line('test-experts-2x128', 24, 16, 'f32', FULL),
  line('test-experts-2x128', 24, 16, 'int4', FULL),
  line('smollm2-135m', 64, 32, 'f16', FULL, { attention: 'gqa' }),
  line('smollm2-135m', 64, 32, 'int4', FULL, { attention: 'gqa' }),
  line('smollm2-360m', 64, 32, 'f16', FULL, { attention: 'gqa' }),
  line('qwen2.5-0.5b', 64, 32, 'f16', FULL),
  line('qwen2.5-0.5b', 64, 32, 'int4', FULL, { attention: 'gqa' }),
  line('qwen3-0.6b', 64, 32, 'f16', FULL, { attention: 'gqa' }),
  line('qwen3-0.6b', 64, 32, 'int4', FULL, { attention: 'gqa' }),
  line('llama-3.2-1b', 64, 32, 'int4', FULL, { attention: 'gqa' }),
  line('qwen2.5-1.5b', 64, 32, 'int4', FULL, { attention: 'gqa' }),
  line('llama-3.2-3b', 64, 32, 'int4', FULL, { attention: 'gqa' }),
  line('llama-3.1-8b', 64, 32, 'int4', FULL, { attention: 'gqa' }),
];

export function decoderCaseId(item: DecoderCase): string {
  const { runtime, model, prompt, newTokens, type, attention, heldout, batch, temperature } = item;
  return formatCaseId(`model/${runtime}/${model}`, {
    ...{ prompt, new: newTokens, type },
    ...(attention ? { attention } : {}),
    ...(heldout === 1 ? {} : { heldout }),
    ...(batch === 1 ? {} : { batch }),
    ...(temperature === 0 ? {} : { temperature }),
  });
}

export function listDecoderCases(): ListedCase[] {
  const cases = LINES.flatMap(({ suites, attention = null, heldout = 1, batch = 1, temperature = 0, ...item }) =>
    (suites.includes('extras') ? MODEL_RUNTIMES : batch > 1 ? BATCHING : OWN_RUNTIMES).map((runtime) => ({
      id: decoderCaseId({
        ...{ ...item, runtime, heldout, batch, temperature },
        attention: readsOnnx(runtime) ? attention : null,
      }),
      suites,
    })),
  );
  // Two graphs of one line are one case to a runtime that reads no graph; it is in the suites of both.
  const byId = new Map<string, ListedCase>();
  for (const { id, suites } of cases) {
    byId.set(id, { id, suites: [...new Set([...(byId.get(id)?.suites ?? []), ...suites])] });
  }
  return [...byId.values()];
}

export function readsOnnx(runtime: ModelRuntime): boolean {
  return onnxProvider(runtime) !== null;
}

/** Which of onnxruntime-web's providers computes for a runtime; null for one that reads no graph. */
export function onnxProvider(runtime: ModelRuntime): 'ort-webgpu' | 'ort-wasm' | null {
  if (runtime === 'transformers.js') return 'ort-webgpu';
  return runtime === 'ort-webgpu' || runtime === 'ort-wasm' ? runtime : null;
}

/** Whether an id names a decoder case, well formed or not. */
export function isDecoderId(id: string): boolean {
  return MODEL_RUNTIMES.some((runtime) => id.startsWith(`model/${runtime}/`));
}

/** True for the id of any decoder case, in the list or not; a UserError says what is wrong with one that is not well formed. */
export function acceptsDecoderId(id: string): boolean {
  return isDecoderId(id) && parseDecoderCase(id).newTokens > 0;
}

/** Reads a decoder id; a UserError names a part that is unknown, missing or out of range. */
export function parseDecoderCase(id: string): DecoderCase {
  const { path, params } = parseCaseId(id);
  const [kind, runtimeText = '', name = ''] = path.split('/');
  if (kind !== 'model') throw new UserError(`case id '${id}': a decoder id begins with model/${MODEL_RUNTIMES[0]}/`);
  const runtime = oneOf('model runtime', runtimeText, MODEL_RUNTIMES);
  const known = [
    'prompt',
    'new',
    'type',
    ...(readsOnnx(runtime) ? ['attention'] : []),
    ...(name === TINY ? ['heldout'] : []),
    ...(BATCHING.includes(runtime) ? ['batch'] : []),
    // The sequences of a batch are held to each other token by token, which draws are not.
    ...(params.batch === undefined ? ['temperature'] : []),
  ];
  for (const key of Object.keys(params)) if (!known.includes(key)) unknownValue(`parameter in '${id}':`, key, known);
  return {
    runtime,
    model: oneOf('decoder', name, [TINY, ...DECODERS.map((config) => config.name)]),
    prompt: wholeNumber(id, 'prompt', params.prompt, 1),
    newTokens: wholeNumber(id, 'new', params.new, 2),
    type: oneOf('type', params.type ?? 'f32', readsOnnx(runtime) ? ONNX_TYPES : WEIGHT_TYPES),
    attention: readsOnnx(runtime) ? oneOf('attention', params.attention ?? 'plain', ATTENTION_FORMS) : null,
    heldout: heldoutOf(id, params),
    batch: wholeNumber(id, 'batch', params.batch ?? 1, 1),
    temperature: temperatureOf(id, params),
  };
}

function temperatureOf(id: string, { temperature = 0 }: Params): number {
  if (typeof temperature === 'number' && temperature >= 0 && Number.isFinite(temperature)) return temperature;
  throw new UserError(`case id '${id}': temperature=${temperature} must be a number, 0 or above`);
}

function heldoutOf(id: string, { heldout = 1 }: Params): number | 'whole' {
  return heldout === 'whole' ? heldout : wholeNumber(id, 'heldout', heldout, 1);
}

function oneOf<T extends string>(what: string, value: ParamValue, known: readonly T[]): T {
  return known.find((item) => item === value) ?? unknownValue(what, String(value), known);
}

function wholeNumber(id: string, key: string, value: ParamValue | undefined, least: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
  throw new UserError(`case id '${id}': ${key}=${value ?? ''} must be a whole number of tokens, at least ${least}`);
}

/**
 * Why a case is expected to fail on this kind of adapter, or null. onnxruntime-web 1.30's GroupQueryAttention on
 * SwiftShader gives wrong values for prompts of 32 tokens and more.
 */
export function knownFault(id: string, adapterIsSoftware: boolean): string | null {
  const { runtime, attention, prompt } = parseDecoderCase(id);
  if (!adapterIsSoftware || runtime !== 'ort-webgpu' || attention !== 'gqa' || prompt < 32) return null;
  return 'GroupQueryAttention of onnxruntime-web 1.30 is wrong on SwiftShader for prompts of 32 tokens and more';
}
