import { describe, expect, it } from 'vitest';
import { findDecoder } from '../decoders.ts';
import tiny from '../tiny/config.json';
import { decoderFromConfig } from './config.ts';

// Keys that decide the shape, as the hub's files hold them.
const LLAMA_3_2_1B = {
  architectures: ['LlamaForCausalLM'],
  attention_bias: false,
  head_dim: 64,
  hidden_act: 'silu',
  hidden_size: 2048,
  intermediate_size: 8192,
  mlp_bias: false,
  model_type: 'llama',
  num_attention_heads: 32,
  num_hidden_layers: 16,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    factor: 32.0,
    high_freq_factor: 4.0,
    low_freq_factor: 1.0,
    original_max_position_embeddings: 8192,
    rope_type: 'llama3',
  },
  rope_theta: 500000.0,
  tie_word_embeddings: true,
  vocab_size: 128256,
};
const QWEN_2_5_05B = {
  architectures: ['Qwen2ForCausalLM'],
  hidden_act: 'silu',
  hidden_size: 896,
  intermediate_size: 4864,
  max_window_layers: 24,
  model_type: 'qwen2',
  num_attention_heads: 14,
  num_hidden_layers: 24,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000.0,
  sliding_window: 32768,
  tie_word_embeddings: true,
  use_sliding_window: false,
  vocab_size: 151936,
};
const QWEN_3_06B = {
  ...QWEN_2_5_05B,
  architectures: ['Qwen3ForCausalLM'],
  attention_bias: false,
  head_dim: 128,
  hidden_size: 1024,
  intermediate_size: 3072,
  model_type: 'qwen3',
  num_attention_heads: 16,
  num_hidden_layers: 28,
  num_key_value_heads: 8,
  rope_scaling: null,
  sliding_window: null,
};

const OLMOE = {
  ...QWEN_2_5_05B,
  architectures: ['OlmoeForCausalLM'],
  attention_bias: false,
  clip_qkv: null,
  hidden_size: 2048,
  intermediate_size: 1024,
  model_type: 'olmoe',
  norm_topk_prob: false,
  num_attention_heads: 16,
  num_experts: 64,
  num_experts_per_tok: 8,
  num_hidden_layers: 16,
  num_key_value_heads: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 10000.0,
  tie_word_embeddings: false,
  vocab_size: 50304,
};
const QWEN_3_30B_A3B = {
  ...QWEN_3_06B,
  architectures: ['Qwen3MoeForCausalLM'],
  decoder_sparse_step: 1,
  hidden_size: 2048,
  intermediate_size: 6144,
  mlp_only_layers: [],
  model_type: 'qwen3_moe',
  moe_intermediate_size: 768,
  norm_topk_prob: true,
  num_attention_heads: 32,
  num_experts: 128,
  num_experts_per_tok: 8,
  num_hidden_layers: 48,
  num_key_value_heads: 4,
  tie_word_embeddings: false,
};
const GPT_OSS_20B = {
  architectures: ['GptOssForCausalLM'],
  attention_bias: true,
  head_dim: 64,
  hidden_act: 'silu',
  hidden_size: 2880,
  intermediate_size: 2880,
  layer_types: Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 'sliding_attention' : 'full_attention')),
  max_position_embeddings: 131072,
  model_type: 'gpt_oss',
  num_attention_heads: 64,
  num_experts_per_tok: 4,
  num_hidden_layers: 24,
  num_key_value_heads: 8,
  num_local_experts: 32,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    beta_fast: 32.0,
    beta_slow: 1.0,
    factor: 32.0,
    original_max_position_embeddings: 4096,
    rope_type: 'yarn',
    truncate: false,
  },
  rope_theta: 150000,
  sliding_window: 128,
  swiglu_limit: 7.0,
  tie_word_embeddings: false,
  vocab_size: 201088,
};

const shapeOf = (json: unknown) => decoderFromConfig(json, 'x', 'x');
const known = (name: string) => ({ ...findDecoder(name), name: 'x', source: 'x' });

describe('decoderFromConfig', () => {
  it.each([
    ['llama-3.2-1b', LLAMA_3_2_1B],
    ['qwen2.5-0.5b', QWEN_2_5_05B],
    ['qwen3-0.6b', QWEN_3_06B],
    ['olmoe-1b-7b', OLMOE],
    ['qwen3-30b-a3b', QWEN_3_30B_A3B],
    ['gpt-oss-20b', GPT_OSS_20B],
  ])('reads %s as the shape the project lists', (name, json) => {
    expect(shapeOf(json)).toEqual(known(name));
  });

  it('reads the rope_parameters of newer files, and what a file may leave out', () => {
    const { rope_theta, rope_scaling, head_dim, ...rest } = LLAMA_3_2_1B;
    const newer = { ...rest, rope_parameters: { ...rope_scaling, rope_theta } };
    expect(shapeOf(newer)).toEqual(known('llama-3.2-1b'));
    const { num_key_value_heads, tie_word_embeddings, ...least } = rest;
    expect(shapeOf(least)).toMatchObject({
      kvHeads: 32,
      headDim: 64,
      ropeTheta: 1e4,
      ropeScaling: null,
      tiedEmbeddings: false,
    });
  });

  it('reads which layers have a window', () => {
    const mistral = { ...LLAMA_3_2_1B, model_type: 'mistral', num_hidden_layers: 2, rope_scaling: null };
    expect(shapeOf(mistral).slidingWindow).toBeNull();
    expect(shapeOf({ ...mistral, sliding_window: 4096 }).slidingWindow).toEqual({ tokens: 4096, layers: [true, true] });
    const qwen = { ...QWEN_2_5_05B, use_sliding_window: true, num_hidden_layers: 4, max_window_layers: 3 };
    expect(shapeOf(qwen).slidingWindow).toEqual({ tokens: 32768, layers: [false, false, false, true] });
    expect(shapeOf({ ...qwen, max_window_layers: 4 }).slidingWindow).toBeNull();
    const { layer_types, ...oss } = GPT_OSS_20B;
    expect(shapeOf(oss)).toEqual(known('gpt-oss-20b'));
  });

  it('reads linear and yarn scalings, with what yarn may leave out', () => {
    expect(shapeOf({ ...LLAMA_3_2_1B, rope_scaling: { type: 'linear', factor: 2 } }).ropeScaling).toEqual({
      kind: 'linear',
      factor: 2,
    });
    const yarn = { ...QWEN_3_06B, max_position_embeddings: 32768, rope_scaling: { rope_type: 'yarn', factor: 4 } };
    expect(shapeOf(yarn).ropeScaling).toEqual({
      kind: 'yarn',
      factor: 4,
      betaFast: 32,
      betaSlow: 1,
      originalPositions: 32768,
      attentionFactor: 0.1 * Math.log(4) + 1,
      truncate: true,
    });
  });

  it('reads the config of the trained model', () => {
    expect(decoderFromConfig(tiny, 'tiny')).toMatchObject({ name: 'tiny', layers: 6, hidden: 192, headDim: 32 });
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { model_type: 'gemma3', architectures: ['Gemma3ForCausalLM'] },
      'architecture Gemma3ForCausalLM is not supported. Supported model_type: llama, mistral, qwen2, qwen3, qwen3_moe, olmoe, gpt_oss',
    ],
    [{ model_type: 'constructor', architectures: undefined }, 'architecture constructor is not supported'],
    [
      { rope_scaling: { type: 'dynamic', factor: 2 } },
      'rope scaling "dynamic" is not supported. Supported: default, linear, llama3, yarn',
    ],
    [{ hidden_act: 'gelu' }, 'hidden_act "gelu" is not supported. Supported: silu'],
    [{ quantization_config: { quant_method: 'awq' } }, 'quantization_config "awq" is not supported'],
    [{ attention_bias: true }, 'attention_bias true is not supported'],
    [{ partial_rotary_factor: 0.5 }, 'partial_rotary_factor 0.5 is not supported'],
    [{ mlp_only_layers: [0] }, 'mlp_only_layers is not supported. Supported: none'],
    [{ ...OLMOE, clip_qkv: 8 }, 'clip_qkv 8 is not supported. Supported: none'],
    [{ ...OLMOE, num_hidden_layers: 1024, num_experts: 128 }, '131072 experts in all; at most 65536 are read'],
    [{ ...OLMOE, num_hidden_layers: 1e6 }, 'num_hidden_layers is 1000000; it must be a whole number from 1 to 1024'],
    [{ model_type: 'gpt_oss', attention_bias: false }, 'attention_bias false is not supported. Supported: true'],
    [
      { ...GPT_OSS_20B, layer_types: ['linear_attention'] },
      'layer_types must be 24 of full_attention, sliding_attention',
    ],
    [{ hidden_size: undefined }, 'hidden_size is missing; it must be a whole number from 1 to'],
    [{ hidden_size: 1e12 }, 'hidden_size is 1000000000000; it must be'],
    [{ rms_norm_eps: '1e-5' }, 'rms_norm_eps is "1e-5"; it must be a number above 0'],
    [{ num_key_value_heads: 5 }, 'num_attention_heads 32 is no multiple of num_key_value_heads 5'],
    [{ head_dim: 63 }, 'head_dim 63 must be even'],
    [{ tie_word_embeddings: 1 }, 'tie_word_embeddings is 1; it must be true or false'],
    [{ rope_scaling: { rope_type: 'llama3' } }, 'rope_scaling: factor is missing'],
  ])('refuses %j by name', (change, message) => {
    expect(() => shapeOf({ ...LLAMA_3_2_1B, ...change })).toThrow(`x: ${message}`);
  });

  it('refuses what is no object', () => {
    for (const json of [null, 1, 'x', []]) expect(() => shapeOf(json)).toThrow('x: must be a JSON object');
  });
});
