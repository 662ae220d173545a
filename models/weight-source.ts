// Where a decoder's weights come from, be it a file or a seed: what the engine, the writers and the references read.
// Knows no file format and no runtime.
import type { QuantisedWeights } from '../src/core/quantised.ts';
import type { DecoderConfig } from './decoders.ts';

/** Numbers of a tensor, row by row. f16 and bf16 are bit patterns. */
export type TensorValues =
  | { readonly type: 'f32'; readonly data: Float32Array<ArrayBuffer> }
  | { readonly type: 'f16' | 'bf16'; readonly data: Uint16Array<ArrayBuffer> }
  | QuantisedWeights;

export interface WeightTensor {
  /** Matrices are [outputs, inputs], as in Hugging Face's files. */
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

export interface WeightSource {
  readonly config: DecoderConfig;
  /**
   * Names of Hugging Face's Llama files, e.g. `model.layers.0.self_attn.q_proj.weight`, whatever the file calls them.
   * Experts as OLMoE has them, each its own matrices: `mlp.gate.weight` (the router), `mlp.experts.0.gate_proj.weight`;
   * sinks as `self_attn.sinks`. A `lm_head.weight` beside a tied embedding is its quantised copy, and is used.
   */
  readonly names: readonly string[];
  /** Reads one tensor; rejects with a UserError for a name that is not among `names` or a tensor that cannot be read. */
  tensor(name: string): Promise<WeightTensor>;
}
