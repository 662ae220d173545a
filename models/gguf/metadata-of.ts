// A decoder's shape → GGUF metadata: the other way of config.ts, for the writer.
import { UserError } from '../../src/core/errors.ts';
import type { DecoderConfig } from '../decoders.ts';
import { inverseFrequencies } from '../rope.ts';

/** A value to write, with the type its key has in llama.cpp's files. */
export type WrittenValue =
  | { readonly string: string }
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly bool: boolean }
  | { readonly strings: readonly string[] }
  | { readonly float32s: readonly number[] }
  | { readonly int32s: readonly number[] };

export type WrittenMetadata = readonly (readonly [key: string, value: WrittenValue])[];

/** llama.cpp's architecture of a decoder; a UserError when none computes it. */
export function ggufArchitecture(config: DecoderConfig): string {
  if (config.attentionSinks) return 'gpt-oss';
  const lacking = config.outputBias || config.mlpBias || config.slidingWindow || config.activation !== 'swiglu';
  if (!lacking && config.experts && !config.qkvBias && !config.experts.routerBias) {
    if (config.qkNorm === 'projection' && !config.experts.normalised) return 'olmoe';
    if (config.qkNorm === 'head' && config.experts.normalised) return 'qwen3moe';
  }
  if (!lacking && !config.experts) {
    if (config.qkNorm === 'head' && !config.qkvBias) return 'qwen3';
    if (config.qkNorm === null) return config.qkvBias ? 'qwen2' : 'llama';
  }
  throw new UserError(`${config.name}: no GGUF architecture we write has all its parts`);
}

export function metadataOf(config: DecoderConfig, contextLength: number): WrittenMetadata {
  const architecture = ggufArchitecture(config);
  const key = (name: string): string => `${architecture}.${name}`;
  const { experts } = config;
  return [
    ['general.architecture', { string: architecture }],
    ['general.name', { string: config.name }],
    [key('block_count'), { uint32: config.layers }],
    [key('context_length'), { uint32: contextLength }],
    [key('embedding_length'), { uint32: config.hidden }],
    [key('feed_forward_length'), { uint32: config.intermediate }],
    [key('attention.head_count'), { uint32: config.heads }],
    [key('attention.head_count_kv'), { uint32: config.kvHeads }],
    [key('attention.key_length'), { uint32: config.headDim }],
    [key('attention.value_length'), { uint32: config.headDim }],
    [key('attention.layer_norm_rms_epsilon'), { float32: config.rmsEpsilon }],
    [key('rope.freq_base'), { float32: config.ropeTheta }],
    [key('rope.dimension_count'), { uint32: config.headDim }],
    [key('vocab_size'), { uint32: config.vocab }],
    ...ropeKeys(config, key),
    ...(experts
      ? ([
          [key('expert_count'), { uint32: experts.count }],
          [key('expert_used_count'), { uint32: experts.perToken }],
          [key('expert_feed_forward_length'), { uint32: experts.intermediate }],
        ] as const)
      : []),
    ...(config.slidingWindow
      ? ([[key('attention.sliding_window'), { uint32: config.slidingWindow.tokens }]] as const)
      : []),
  ];
}

function ropeKeys(
  { name, attentionSinks, ropeScaling: scaling }: DecoderConfig,
  key: (name: string) => string,
): WrittenMetadata {
  if (!scaling || scaling.kind === 'llama3') return [];
  const common = [
    [key('rope.scaling.type'), { string: scaling.kind }],
    [key('rope.scaling.factor'), { float32: scaling.factor }],
  ] as const;
  if (scaling.kind === 'linear') return common;
  const usual = 0.1 * Math.log(Math.max(scaling.factor, 1)) + 1;
  if (scaling.truncate === attentionSinks) throw new UserError(`${name}: GGUF cannot say where YaRN's blend ends`);
  return [
    ...common,
    [key('rope.scaling.original_context_length'), { uint32: scaling.originalPositions }],
    [key('rope.scaling.yarn_beta_fast'), { float32: scaling.betaFast }],
    [key('rope.scaling.yarn_beta_slow'), { float32: scaling.betaSlow }],
    [key('rope.scaling.attn_factor'), { float32: scaling.attentionFactor / usual }],
  ];
}

/** Factors by which Llama 3's scaling divides each frequency, as llama.cpp keeps them; null without that scaling. */
export function ropeFactors(config: DecoderConfig): Float32Array<ArrayBuffer> | null {
  if (config.ropeScaling?.kind !== 'llama3') return null;
  const { lowFreqFactor, highFreqFactor, originalPositions } = config.ropeScaling;
  if (lowFreqFactor !== 1 || highFreqFactor !== 4 || originalPositions !== 8192) {
    throw new UserError(`${config.name}: a GGUF reader takes Llama 3's own scaling (1, 4, 8192) for granted`);
  }
  const plain = inverseFrequencies({ ...config, ropeScaling: null });
  return Float32Array.from(inverseFrequencies(config), (scaled, i) => plain[i]! / scaled);
}
