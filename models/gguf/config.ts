// GGUF metadata → a decoder's shape. Knows llama.cpp's key names; what we would compute differently is refused by name.
import { UserError } from '../../src/core/errors.ts';
import { type DecoderConfig, type Experts, LLAMA } from '../decoders.ts';
import type { GgufFile, GgufTensor } from './header.ts';
import { Metadata } from './metadata-keys.ts';
import { readRope } from './rope-metadata.ts';

interface Architecture {
  /** Rows of q and k lie in pairs (2i, 2i + 1) for ggml's way of rotating, not in halves. */
  readonly pairedRows: boolean;
  readonly qkNorm: DecoderConfig['qkNorm'];
  readonly experts: Pick<Experts, 'normalised' | 'routerBias'> | null;
  readonly gptOss: boolean;
}

const dense = { pairedRows: false, qkNorm: null, experts: null, gptOss: false } as const;
const mixed = { normalised: true, routerBias: false } as const;

/** By `general.architecture`. Mistral's and SmolLM's files say llama. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llama: { ...dense, pairedRows: true },
  qwen2: dense,
  qwen3: { ...dense, qkNorm: 'head' },
  qwen3moe: { ...dense, qkNorm: 'head', experts: mixed },
  olmoe: { ...dense, qkNorm: 'projection', experts: { ...mixed, normalised: false } },
  'gpt-oss': { ...dense, experts: { ...mixed, routerBias: true }, gptOss: true },
};

export const SUPPORTED_ARCHITECTURES: readonly string[] = Object.keys(ARCHITECTURES);

/** Layers are drawn up one by one; a hostile header must not make that a million. */
const MOST_LAYERS = 1024;

/** The architecture a file names; a UserError lists the supported ones. */
export function architectureOf(file: GgufFile): Architecture & { readonly name: string } {
  const name = file.metadata.get('general.architecture');
  const known = typeof name === 'string' && Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (known) return { ...known, name: name as string };
  const found = name === undefined ? 'no general.architecture' : `architecture '${String(name).slice(0, 80)}'`;
  throw new UserError(
    `${file.source.name}: ${found} is not supported. Supported: ${SUPPORTED_ARCHITECTURES.join(', ')}`,
  );
}

/** The shape a header describes; `rope_freqs` are the factors of that tensor, if the file has it. */
export function decoderFromMetadata(file: GgufFile, name: string, ropeFreqs: Float32Array | null): DecoderConfig {
  const architecture = architectureOf(file);
  const keys = new Metadata(file, architecture.name);
  const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const [hidden, heads] = [keys.count('embedding_length'), keys.count('attention.head_count')];
  const kvHeads = keys.count('attention.head_count_kv', heads);
  const headDim = keys.count('attention.key_length', hidden / heads);
  if (heads % kvHeads !== 0) keys.refuse(`${heads} heads are no multiple of ${kvHeads} key-value heads`);
  if (headDim % 2 !== 0) keys.refuse(`heads of ${headDim}: rotation turns pairs`);
  for (const key of ['attention.value_length', 'rope.dimension_count']) {
    const found = keys.count(key, headDim);
    if (found !== headDim) keys.refuse(`${key} ${found} is not supported. Supported: ${headDim}, the size of a head`);
  }
  refuseScales(keys);
  const layers = keys.count('block_count', undefined, MOST_LAYERS);
  const has = (tensor: string): boolean => tensors.has(tensor);
  return {
    ...LLAMA,
    name,
    source: `${file.source.name}: metadata`,
    ...{ layers, hidden, heads, kvHeads, headDim },
    intermediate: keys.count('feed_forward_length', architecture.experts ? 1 : undefined),
    vocab: vocabulary(tensors.get('token_embd.weight'), keys),
    ...readRope(keys, headDim, ropeFreqs, architecture.gptOss),
    rmsEpsilon: keys.positive('attention.layer_norm_rms_epsilon'),
    tiedEmbeddings: !has('output.weight'),
    qkvBias: has('blk.0.attn_q.bias'),
    outputBias: has('blk.0.attn_output.bias'),
    mlpBias: has('blk.0.ffn_up.bias') || has('blk.0.ffn_up_exps.bias'),
    qkNorm: architecture.qkNorm,
    slidingWindow: readWindow(keys, layers, architecture.gptOss),
    attentionSinks: architecture.gptOss,
    activation: architecture.gptOss ? 'clamped-swiglu' : 'swiglu',
    experts: architecture.experts && readExperts(keys, architecture.experts),
  };
}

function vocabulary(embedding: GgufTensor | undefined, keys: Metadata): number {
  if (embedding?.shape.length === 2) return embedding.shape[0]!;
  return keys.refuse("tensor 'token_embd.weight' is missing or no matrix: the file holds no weights of a decoder");
}

function readExperts(keys: Metadata, family: Pick<Experts, 'normalised' | 'routerBias'>): Experts {
  return {
    count: keys.count('expert_count', undefined, 4096),
    perToken: keys.count('expert_used_count'),
    // OLMoE's files give the width of an expert as that of the MLP.
    intermediate: keys.count('expert_feed_forward_length', keys.count('feed_forward_length', 1)),
    ...family,
  };
}

/** gpt-oss: every other layer from the first on. Others that name a window have it in all layers. */
function readWindow(keys: Metadata, layers: number, alternates: boolean): DecoderConfig['slidingWindow'] {
  if (keys.value('attention.sliding_window') === undefined) return null;
  const tokens = keys.count('attention.sliding_window');
  return { tokens, layers: Array.from({ length: layers }, (_, layer) => !alternates || layer % 2 === 0) };
}

/** Factors of other families that would change the arithmetic unseen. */
function refuseScales(keys: Metadata): void {
  for (const key of [
    'attention.clamp_kqv',
    'attention.max_alibi_bias',
    'attention.scale',
    'attention.output_scale',
    'attention.temperature_scale',
    'embedding_scale',
    'residual_scale',
    'logit_scale',
    'expert_weights_scale',
    'expert_shared_count',
    'expert_group_count',
  ]) {
    const value = keys.value(key);
    if (value !== undefined && value !== 0 && value !== 1) keys.refuse(`${key} ${String(value)} is not supported`);
  }
}
