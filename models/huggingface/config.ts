// Hugging Face's config.json → a decoder's shape. What we would compute differently from the model's authors is refused by
// name, never guessed at. Defaults are those of the architecture's class in transformers, where a file may leave a key out.
import { type DecoderConfig, type Experts, LLAMA } from '../decoders.ts';
import { ConfigFields } from './config-fields.ts';
import { readRope } from './config-rope.ts';

type Family = (config: ConfigFields) => Partial<DecoderConfig>;

/** Architectures we compute, by `model_type`: what each has beyond Llama. */
const FAMILIES: Readonly<Record<string, Family>> = {
  llama: () => ({}),
  mistral: (config) => ({ slidingWindow: windowOf(config, config.has('sliding_window')) }),
  qwen2: (config) => ({ qkvBias: true, slidingWindow: qwenWindow(config) }),
  qwen3: (config) => ({ qkNorm: 'head', slidingWindow: qwenWindow(config) }),
  qwen3_moe: (config) => ({ qkNorm: 'head', slidingWindow: qwenWindow(config), experts: qwenExperts(config) }),
  olmoe: (config) => ({
    qkNorm: 'projection',
    experts: {
      count: config.count('num_experts', 64),
      perToken: config.count('num_experts_per_tok', 8),
      intermediate: config.count('intermediate_size'),
      normalised: config.flag('norm_topk_prob', false),
      routerBias: false,
    },
  }),
  gpt_oss: (config) => ({
    qkvBias: true,
    outputBias: true,
    mlpBias: true,
    attentionSinks: true,
    activation: 'clamped-swiglu',
    slidingWindow: windowOf(config, true),
    experts: {
      count: config.count('num_local_experts'),
      perToken: config.count(config.has('num_experts_per_tok') ? 'num_experts_per_tok' : 'experts_per_token'),
      intermediate: config.count('intermediate_size'),
      normalised: true,
      routerBias: true,
    },
  }),
};

export const SUPPORTED_MODEL_TYPES: readonly string[] = Object.keys(FAMILIES);

/** Experts of all layers together; the largest published models have about 15,000. Each is drawn up tensor by tensor. */
const MOST_EXPERTS = 2 ** 16;

/** The shape a config.json describes. A UserError names the file and the key, what it holds and what is supported. */
export function decoderFromConfig(json: unknown, name: string, fileName = 'config.json'): DecoderConfig {
  const config = new ConfigFields(json, fileName);
  const modelType = config.text('model_type');
  const family = Object.hasOwn(FAMILIES, modelType) ? FAMILIES[modelType] : undefined;
  if (!family) {
    const supported = SUPPORTED_MODEL_TYPES.join(', ');
    return config.refuse(
      `architecture ${config.firstArchitecture() ?? modelType} is not supported. Supported model_type: ${supported}`,
    );
  }
  refuseWhatDiffers(config, modelType);
  const [hidden, heads] = [config.count('hidden_size'), config.count('num_attention_heads')];
  const kvHeads = config.count('num_key_value_heads', heads);
  const headDim = config.count('head_dim', hidden / heads);
  if (heads % kvHeads !== 0) {
    config.refuse(`num_attention_heads ${heads} is no multiple of num_key_value_heads ${kvHeads}`);
  }
  if (headDim % 2 !== 0) config.refuse(`head_dim ${headDim} must be even: rotation turns pairs`);
  const layers = config.count('num_hidden_layers');
  const extras = family(config);
  const experts = layers * (extras.experts?.count ?? 0);
  if (experts > MOST_EXPERTS) config.refuse(`${experts} experts in all; at most ${MOST_EXPERTS} are read`);
  return {
    ...LLAMA,
    name,
    source: fileName,
    layers,
    hidden,
    intermediate: config.count('intermediate_size'),
    heads,
    kvHeads,
    headDim,
    vocab: config.count('vocab_size'),
    ...readRope(config),
    rmsEpsilon: config.positive('rms_norm_eps'),
    tiedEmbeddings: config.flag('tie_word_embeddings', false),
    ...extras,
  };
}

/** Settings that change the arithmetic and that nothing here computes. */
function refuseWhatDiffers(config: ConfigFields, modelType: string): void {
  config.allow('hidden_act', 'silu');
  config.allow('partial_rotary_factor', 1);
  config.allow('mlp_bias', false);
  config.allow('clip_qkv', null);
  config.allow('decoder_sparse_step', 1);
  if (config.list('mlp_only_layers').length > 0) config.refuse('mlp_only_layers is not supported. Supported: none');
  // gpt-oss has these biases, and a limit that its activation holds as a constant.
  config.allow('attention_bias', modelType === 'gpt_oss');
  config.allow('swiglu_limit', 7);
  const method = config.object('quantization_config')?.value('quant_method');
  if (method === undefined) return;
  config.refuse(
    `quantization_config ${JSON.stringify(method)} is not supported in safetensors. Supported: F32, F16 and BF16, or a GGUF file`,
  );
}

function qwenExperts(config: ConfigFields): Experts {
  return {
    count: config.count('num_experts'),
    perToken: config.count('num_experts_per_tok'),
    intermediate: config.count('moe_intermediate_size'),
    normalised: config.flag('norm_topk_prob', false),
    routerBias: false,
  };
}

/** Qwen's layers from `max_window_layers` on have the window, and only when `use_sliding_window` says so. */
function qwenWindow(config: ConfigFields): DecoderConfig['slidingWindow'] {
  if (!config.flag('use_sliding_window', false)) return null;
  const first = config.count('max_window_layers', 28);
  return windowOf(config, true, (layer) => layer >= first);
}

/** The window, its layers by `layer_types` where the file has them, else by `inLayer`. */
function windowOf(
  config: ConfigFields,
  used: boolean,
  inLayer: (layer: number) => boolean = (layer) => config.value('model_type') !== 'gpt_oss' || layer % 2 === 0,
): DecoderConfig['slidingWindow'] {
  if (!used) return null;
  const count = config.count('num_hidden_layers');
  const types = config.list('layer_types');
  const known = ['full_attention', 'sliding_attention'];
  if (types.length > 0 && (types.length !== count || !types.every((type) => known.includes(type as string)))) {
    config.refuse(`layer_types must be ${count} of ${known.join(', ')}`);
  }
  const layers = Array.from({ length: count }, (_, layer) =>
    types.length > 0 ? types[layer] === 'sliding_attention' : inLayer(layer),
  );
  return layers.includes(true) ? { tokens: config.count('sliding_window'), layers } : null;
}
