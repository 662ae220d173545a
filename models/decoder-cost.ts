// What a decoder must compute and move, counted from its shape: the algorithm's cost, not a runtime's.
// Knows no runtime and no clock.
import {
  activeMatrixParameters,
  type DecoderConfig,
  headWidths,
  layerMatrixParameters,
  parameterCount,
} from './decoders.ts';

/** f32; f16; matrices of int8 or int4 in blocks of 32 with scales, and f32 activations. Our ONNX graphs have no int8. */
export const WEIGHT_TYPES = ['f32', 'f16', 'int8', 'int4'] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];

/** Values that share one scale in an int4 matrix. */
export const INT4_BLOCK = 32;

export interface Cost {
  /** Floating-point operations; a multiply-add is two. */
  readonly flops: number;
  /** Bytes read and written once each: weights and KV cache; activations are left out. */
  readonly bytes: number;
}

/** Bytes of one activation, norm weight or cache element. */
export function activationBytes(type: WeightType): 2 | 4 {
  return type === 'f16' ? 2 : 4;
}

/** Bytes of `count` weights of a matrix: int4 packs two a byte and adds one f32 scale per 32, int8 one f16 scale. */
export function matrixBytes(count: number, type: WeightType): number {
  if (type === 'int8') return count + (count / INT4_BLOCK) * 2;
  if (type === 'int4') return count / 2 + (count / INT4_BLOCK) * 4;
  return count * activationBytes(type);
}

/**
 * Bytes of all weights as this project writes them. An int4 file keeps the embedding table at full width (a lookup reads
 * one row) and, tied or not, a quantised output matrix of its own, as published int4 exports do; int8 quantises the table too.
 */
export function weightBytes(config: DecoderConfig, type: WeightType): number {
  const table = config.vocab * config.hidden;
  const matrices = config.layers * layerMatrixParameters(config);
  const rest = parameterCount(config) - matrices - table * (config.tiedEmbeddings ? 1 : 2);
  const head = config.tiedEmbeddings && type !== 'int4' ? 0 : matrixBytes(table, type);
  const lookup = type === 'int8' ? matrixBytes(table, type) : table * activationBytes(type);
  return matrixBytes(matrices, type) + head + lookup + rest * activationBytes(type);
}

/** Bytes the KV cache grows by per token: 2 × layers × kvHeads × headDim. */
function cacheBytesPerToken(config: DecoderConfig, type: WeightType): number {
  return 2 * config.layers * headWidths(config).keyValue * activationBytes(type);
}

/**
 * One decode step with `context` tokens in the cache, the new one included.
 * flops = 2 × (layer matrices, of experts the chosen ones' + output matrix) + 4 × layers × heads × headDim × context (scores, then weighted values).
 * bytes = those matrices once + the cache read up to `context` and written for one token.
 */
export function decodeCost(config: DecoderConfig, type: WeightType, context: number): Cost {
  const matrices = config.layers * activeMatrixParameters(config) + config.vocab * config.hidden;
  const attention = 4 * config.layers * headWidths(config).query * context;
  return {
    flops: 2 * matrices + attention,
    bytes: matrixBytes(matrices, type) + cacheBytesPerToken(config, type) * (context + 1),
  };
}

/** The same a token when `batch` sequences share a step: the weights are read once for all of them, the caches each. */
export function batchedCost(config: DecoderConfig, type: WeightType, context: number, batch: number): Cost {
  const { flops, bytes } = decodeCost(config, type, context);
  const cache = cacheBytesPerToken(config, type) * (context + 1);
  return { flops, bytes: (bytes - cache) / batch + cache };
}

/**
 * A prompt of `tokens` in one pass, output logits at every position as Hugging Face's graphs give them.
 * flops = 2 × tokens × matrices + 4 × layers × heads × headDim × tokens(tokens + 1)/2 (causal half).
 * bytes = the matrices once (of experts as many as the tokens can choose) + the cache written once and read once.
 */
export function prefillCost(config: DecoderConfig, type: WeightType, tokens: number): Cost {
  const head = config.vocab * config.hidden;
  const active = activeMatrixParameters(config);
  const matrices = config.layers * active + head;
  const read = config.layers * Math.min(layerMatrixParameters(config), tokens * active) + head;
  const attention = (4 * config.layers * headWidths(config).query * tokens * (tokens + 1)) / 2;
  return {
    flops: 2 * tokens * matrices + attention,
    bytes: matrixBytes(read, type) + 2 * cacheBytesPerToken(config, type) * tokens,
  };
}

/** A whole generation: the prompt, whose pass gives the first new token, then newTokens − 1 decode steps. */
export function generationCost(config: DecoderConfig, type: WeightType, prompt: number, newTokens: number): Cost {
  let { flops, bytes } = prefillCost(config, type, prompt);
  for (let step = 1; step < newTokens; step++) {
    const cost = decodeCost(config, type, prompt + step);
    flops += cost.flops;
    bytes += cost.bytes;
  }
  return { flops, bytes };
}
