// The decoder cases of the suites: their ids, what an id means, what a case costs, and which failures are known.
// Knows no runtime object: an id is turned into numbers and a config, nothing more.
import { formatCaseId, type ParamValue, parseCaseId } from '../src/core/case-id.ts';
import { UserError, unknownValue } from '../src/core/errors.ts';
import type { ListedCase } from '../src/core/suites.ts';
import { type Cost, generationCost, WEIGHT_TYPES, type WeightType, weightBytes } from './decoder-cost.ts';
import { type DecoderConfig, findDecoder } from './decoders.ts';

export const MODEL_RUNTIMES = ['ort-webgpu', 'ort-wasm'] as const;
export type ModelRuntime = (typeof MODEL_RUNTIMES)[number];

/** `plain`: ONNX's own operators only. `gqa`: com.microsoft GroupQueryAttention with rotation inside. */
const ATTENTION_FORMS = ['plain', 'gqa'] as const;
export type AttentionForm = (typeof ATTENTION_FORMS)[number];

/** What a decoder id says: `model/<runtime>/<config>:prompt=64;new=32;type=f32;attention=plain`. */
export interface DecoderCase {
  readonly runtime: ModelRuntime;
  readonly config: DecoderConfig;
  /** Prompt length and new tokens, both in tokens; at least 2 new ones, so that there is a gap to measure. */
  readonly prompt: number;
  readonly newTokens: number;
  readonly type: WeightType;
  readonly attention: AttentionForm;
}

type Suites = ListedCase['suites'];
const DEFAULT: Suites = ['default', 'full'];
const FULL: Suites = ['full'];

/** Model, prompt, new tokens, type, attention, suites; each line on both runtimes. */
const LINES: readonly (readonly [string, number, number, WeightType, AttentionForm, Suites])[] = [
  ['test-4x128', 16, 8, 'f32', 'plain', ['smoke', 'full']],
  ['test-4x128', 64, 16, 'f32', 'plain', DEFAULT],
  ['smollm2-135m', 64, 32, 'f32', 'plain', DEFAULT],
  ['test-4x128', 24, 16, 'f32', 'gqa', FULL],
  ['test-4x128', 64, 16, 'f32', 'gqa', FULL],
  ['test-4x128', 64, 16, 'int4', 'plain', FULL],
  ['test-4x128', 64, 16, 'f16', 'plain', FULL],
  ['smollm2-135m', 64, 32, 'f16', 'gqa', FULL],
  ['smollm2-135m', 64, 32, 'int4', 'gqa', FULL],
  ['smollm2-360m', 64, 32, 'f16', 'gqa', FULL],
  ['qwen2.5-0.5b', 64, 32, 'f16', 'plain', FULL],
  ['qwen2.5-0.5b', 64, 32, 'int4', 'gqa', FULL],
  ['qwen3-0.6b', 64, 32, 'f16', 'gqa', FULL],
  ['qwen3-0.6b', 64, 32, 'int4', 'gqa', FULL],
  ['llama-3.2-1b', 64, 32, 'f16', 'gqa', FULL],
  ['llama-3.2-1b', 64, 32, 'int4', 'gqa', FULL],
  ['qwen2.5-1.5b', 64, 32, 'int4', 'gqa', FULL],
  ['llama-3.2-3b', 64, 32, 'int4', 'gqa', FULL],
  ['llama-3.1-8b', 64, 32, 'int4', 'gqa', FULL],
];

export function decoderCaseId(item: DecoderCase): string {
  const { runtime, config, prompt, newTokens, type, attention } = item;
  return formatCaseId(`model/${runtime}/${config.name}`, { prompt, new: newTokens, type, attention });
}

export function listDecoderCases(): ListedCase[] {
  return LINES.flatMap(([name, prompt, newTokens, type, attention, suites]) =>
    MODEL_RUNTIMES.map((runtime) => ({
      id: decoderCaseId({ runtime, config: findDecoder(name), prompt, newTokens, type, attention }),
      suites,
    })),
  );
}

/** Whether an id names a decoder case, well formed or not. */
export function isDecoderId(id: string): boolean {
  return MODEL_RUNTIMES.some((runtime) => id.startsWith(`model/${runtime}/`));
}

/** Reads a decoder id; a UserError names a part that is unknown, missing or out of range. */
export function parseDecoderCase(id: string): DecoderCase {
  const { path, params } = parseCaseId(id);
  const [kind, runtime = '', name = ''] = path.split('/');
  if (kind !== 'model') throw new UserError(`case id '${id}': a decoder id begins with model/${MODEL_RUNTIMES[0]}/`);
  const known = ['prompt', 'new', 'type', 'attention'];
  for (const key of Object.keys(params)) if (!known.includes(key)) unknownValue(`parameter in '${id}':`, key, known);
  return {
    runtime: oneOf('model runtime', runtime, MODEL_RUNTIMES),
    config: findDecoder(name),
    prompt: wholeNumber(id, 'prompt', params.prompt, 1),
    newTokens: wholeNumber(id, 'new', params.new, 2),
    type: oneOf('type', params.type ?? 'f32', WEIGHT_TYPES),
    attention: oneOf('attention', params.attention ?? 'plain', ATTENTION_FORMS),
  };
}

function oneOf<T extends string>(what: string, value: ParamValue, known: readonly T[]): T {
  return known.find((item) => item === value) ?? unknownValue(what, String(value), known);
}

function wholeNumber(id: string, key: string, value: ParamValue | undefined, least: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
  throw new UserError(`case id '${id}': ${key}=${value ?? ''} must be a whole number of tokens, at least ${least}`);
}

/** Warm generations of a decoder case when the harness does not say. */
export const DECODER_REPEATS = 2;

export interface DecoderEstimate extends Cost {
  /** Bytes of the model file, all of which are generated, loaded and uploaded before the first run. */
  readonly weightBytes: number;
  /** Session runs on the runtime under test: prompts and decode steps. */
  readonly runs: number;
  /** GPU dispatches over all those runs; 0 on wasm. */
  readonly dispatches: number;
  /** Operations of the passes on wasm that give the reference tokens. */
  readonly referenceFlops: number;
}

/** What a whole decoder case costs: the cold generation, `repeats` warm ones, the forced one, and the reference. */
export function estimateDecoderCost(id: string, repeats = DECODER_REPEATS): DecoderEstimate {
  const item = parseDecoderCase(id);
  const generations = 2 + repeats;
  const one = generationCost(item.config, item.type, item.prompt, item.newTokens);
  const runs = generations * item.newTokens;
  return {
    flops: generations * one.flops,
    bytes: generations * one.bytes,
    weightBytes: weightBytes(item.config, item.type),
    runs,
    dispatches: item.runtime === 'ort-webgpu' ? runs * dispatchesPerRun(item.config, item.attention) : 0,
    referenceFlops: one.flops,
  };
}

/** About how many GPU dispatches onnxruntime-web 1.30 makes in one run of a graph this project writes (its profiler: test-4x128 218 plain, 121 gqa). */
export function dispatchesPerRun(config: DecoderConfig, attention: AttentionForm): number {
  const perLayer = (attention === 'plain' ? 50 : 25) + (config.qkNorm ? 12 : 0) + (config.qkvBias ? 3 : 0);
  return config.layers * perLayer + 20;
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
