// A decoder's shape → Hugging Face's config.json: the other way of config.ts, for the writer of safetensors.
import { UserError } from '../../src/core/errors.ts';
import type { DecoderConfig } from '../decoders.ts';

/** The keys that decide the shape; a UserError when no supported architecture has all the decoder's parts. */
export function configOf(config: DecoderConfig, contextLength: number): Record<string, unknown> {
  const { experts } = config;
  return {
    ...modelType(config),
    vocab_size: config.vocab,
    hidden_size: config.hidden,
    intermediate_size: config.intermediate,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    max_position_embeddings: contextLength,
    rms_norm_eps: config.rmsEpsilon,
    rope_theta: config.ropeTheta,
    rope_scaling: ropeScaling(config),
    hidden_act: 'silu',
    tie_word_embeddings: config.tiedEmbeddings,
    ...(experts
      ? {
          num_experts: experts.count,
          num_experts_per_tok: experts.perToken,
          moe_intermediate_size: experts.intermediate,
          norm_topk_prob: experts.normalised,
        }
      : {}),
  };
}

function modelType(config: DecoderConfig): { model_type: string; architectures: string[] } {
  const named = (model_type: string, name: string) => ({ model_type, architectures: [`${name}ForCausalLM`] });
  const { experts, qkNorm, qkvBias } = config;
  const plain = !config.attentionSinks && !config.outputBias && !config.mlpBias && !config.slidingWindow;
  if (plain && !experts && !qkNorm) return qkvBias ? named('qwen2', 'Qwen2') : named('llama', 'Llama');
  if (plain && !qkvBias && qkNorm === 'head') return experts ? named('qwen3_moe', 'Qwen3Moe') : named('qwen3', 'Qwen3');
  if (plain && !qkvBias && qkNorm === 'projection' && experts) return named('olmoe', 'Olmoe');
  throw new UserError(`${config.name}: no architecture whose safetensors we write has all its parts`);
}

function ropeScaling({ ropeScaling: scaling }: DecoderConfig): Record<string, unknown> | null {
  if (!scaling) return null;
  const common = { rope_type: scaling.kind, factor: scaling.factor };
  if (scaling.kind === 'linear') return common;
  const original = { ...common, original_max_position_embeddings: scaling.originalPositions };
  return scaling.kind === 'llama3'
    ? { ...original, low_freq_factor: scaling.lowFreqFactor, high_freq_factor: scaling.highFreqFactor }
    : {
        ...original,
        beta_fast: scaling.betaFast,
        beta_slow: scaling.betaSlow,
        attention_factor: scaling.attentionFactor,
        truncate: scaling.truncate,
      };
}
