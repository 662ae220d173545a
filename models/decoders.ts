// Shapes of real decoder architectures, each with the published config it was read from, and the counts that follow
// from a shape alone. Knows no file format and no runtime.
import { unknownValue } from '../src/core/errors.ts';

/** How rotary frequencies are stretched beyond the context a model was first trained on. Kinds as in Hugging Face's `rope_type`. */
export type RopeScaling = LinearScaling | Llama3Scaling | YarnScaling;

/** Every position divided by `factor`. */
interface LinearScaling {
  readonly kind: 'linear';
  readonly factor: number;
}

/** Llama 3: long wavelengths are divided by `factor`, short ones kept, a smooth blend between. */
interface Llama3Scaling {
  readonly kind: 'llama3';
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  /** Context length of the unscaled model, tokens. */
  readonly originalPositions: number;
}

/** YaRN (arXiv 2309.00071): a blend that is linear in the pair's index, and cosines and sines times `attentionFactor`. */
interface YarnScaling {
  readonly kind: 'yarn';
  readonly factor: number;
  /** Turns over the original context above which a pair is kept, and below which it is divided; 32 and 1 by default. */
  readonly betaFast: number;
  readonly betaSlow: number;
  readonly originalPositions: number;
  /** 0.1·ln(factor) + 1 where a file gives none. */
  readonly attentionFactor: number;
  /** Whether the blend begins and ends at whole pairs: true by default, false in gpt-oss. */
  readonly truncate: boolean;
}

/** Scalings a reader of model files may meet and can hand on; any other (`dynamic`, `longrope`) is to be refused by name. */
export const ROPE_SCALINGS = ['linear', 'llama3', 'yarn'] as const satisfies readonly RopeScaling['kind'][];

/** A mixture of experts in the place of the MLP: softmax over a router's scores, the `perToken` largest, their weighted sum. */
export interface Experts {
  readonly count: number;
  readonly perToken: number;
  /** Width of one expert's MLP. */
  readonly intermediate: number;
  /** The chosen experts' weights are divided by their sum: the same as a softmax over the chosen alone. */
  readonly normalised: boolean;
  readonly routerBias: boolean;
}

/** A Llama-style decoder: RMSNorm, rotary positions (rotate-half), grouped-query attention, gated MLP. */
export interface DecoderConfig {
  readonly name: string;
  /** Where the shape was read. */
  readonly source: string;
  readonly layers: number;
  readonly hidden: number;
  /** Width of the MLP; of no meaning where there are experts. */
  readonly intermediate: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  readonly rmsEpsilon: number;
  /** The output projection is the transposed embedding. */
  readonly tiedEmbeddings: boolean;
  /** Biases on the q, k and v projections. */
  readonly qkvBias: boolean;
  /** A bias on the o projection. */
  readonly outputBias: boolean;
  /** Biases on gate, up and down, or on those of every expert. */
  readonly mlpBias: boolean;
  /** RMSNorm of q and k before rotation: over each head (Qwen 3) or over the whole projection (OLMoE). */
  readonly qkNorm: 'head' | 'projection' | null;
  /** Layers (true) whose tokens see only the last `tokens` positions, themselves included. */
  readonly slidingWindow: { readonly tokens: number; readonly layers: readonly boolean[] } | null;
  /** A learned score a head that joins the softmax and weighs no value (gpt-oss). */
  readonly attentionSinks: boolean;
  /**
   * `swiglu`: silu(gate)·up. `clamped-swiglu` (gpt-oss): with gate at most 7 and up within ±7,
   * gate·sigmoid(1.702·gate)·(up + 1).
   */
  readonly activation: 'swiglu' | 'clamped-swiglu';
  readonly experts: Experts | null;
}

/** What Llama has none of: a config names what differs. */
export const LLAMA = {
  ropeScaling: null,
  qkvBias: false,
  outputBias: false,
  mlpBias: false,
  qkNorm: null,
  slidingWindow: null,
  attentionSinks: false,
  activation: 'swiglu',
  experts: null,
} as const satisfies Partial<DecoderConfig>;

const LLAMA_3_2: Llama3Scaling = {
  kind: 'llama3',
  factor: 32,
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalPositions: 8192,
};

type Size = Pick<DecoderConfig, 'layers' | 'hidden' | 'intermediate' | 'heads' | 'kvHeads' | 'headDim'>;

function size(
  layers: number,
  hidden: number,
  intermediate: number,
  heads: number,
  kvHeads: number,
  headDim: number,
): Size {
  return { layers, hidden, intermediate, heads, kvHeads, headDim };
}

const plain = { ...LLAMA, tiedEmbeddings: true } as const;
const hub = (repository: string): string => `https://huggingface.co/${repository}/blob/main/config.json`;

const smol = { ...plain, vocab: 49152, rmsEpsilon: 1e-5 } as const;
const qwen25 = { ...plain, vocab: 151936, rmsEpsilon: 1e-6, ropeTheta: 1e6, qkvBias: true } as const;
const qwen3 = { ...plain, vocab: 151936, rmsEpsilon: 1e-6, ropeTheta: 1e6, qkNorm: 'head' } as const;
const llama32 = { ...plain, vocab: 128256, rmsEpsilon: 1e-5, ropeTheta: 5e5, ropeScaling: LLAMA_3_2 } as const;

/** Every decoder the project knows the shape of, smallest first. */
export const DECODERS: readonly DecoderConfig[] = [
  {
    name: 'test-4x128',
    source: 'this project: the smallest shape with every part (grouped heads, SwiGLU, tied embedding)',
    ...size(4, 128, 384, 4, 2, 32),
    ...plain,
    vocab: 512,
    rmsEpsilon: 1e-5,
    ropeTheta: 1e4,
  },
  {
    name: 'test-16x64',
    source: 'this project: the 16 layers of Llama-3.2-1B, so narrow that what the host does for a token shows',
    ...size(16, 64, 192, 2, 1, 32),
    ...plain,
    vocab: 512,
    rmsEpsilon: 1e-5,
    ropeTheta: 1e4,
  },
  {
    name: 'test-experts-2x128',
    source: 'this project: the smallest shape with experts, two of eight a token',
    ...size(2, 128, 64, 4, 2, 32),
    ...plain,
    vocab: 512,
    rmsEpsilon: 1e-5,
    ropeTheta: 1e4,
    experts: { count: 8, perToken: 2, intermediate: 64, normalised: true, routerBias: false },
  },
  {
    name: 'smollm2-135m',
    source: hub('HuggingFaceTB/SmolLM2-135M'),
    ...size(30, 576, 1536, 9, 3, 64),
    ...smol,
    ropeTheta: 1e5,
  },
  {
    name: 'smollm2-360m',
    source: hub('HuggingFaceTB/SmolLM2-360M'),
    ...size(32, 960, 2560, 15, 5, 64),
    ...smol,
    ropeTheta: 1e5,
  },
  { name: 'qwen2.5-0.5b', source: hub('Qwen/Qwen2.5-0.5B'), ...size(24, 896, 4864, 14, 2, 64), ...qwen25 },
  { name: 'qwen3-0.6b', source: hub('Qwen/Qwen3-0.6B'), ...size(28, 1024, 3072, 16, 8, 128), ...qwen3 },
  { name: 'llama-3.2-1b', source: hub('meta-llama/Llama-3.2-1B'), ...size(16, 2048, 8192, 32, 8, 64), ...llama32 },
  { name: 'qwen2.5-1.5b', source: hub('Qwen/Qwen2.5-1.5B'), ...size(28, 1536, 8960, 12, 2, 128), ...qwen25 },
  { name: 'llama-3.2-3b', source: hub('meta-llama/Llama-3.2-3B'), ...size(28, 3072, 8192, 24, 8, 128), ...llama32 },
  {
    name: 'llama-3.1-8b',
    source: hub('meta-llama/Llama-3.1-8B'),
    ...size(32, 4096, 14336, 32, 8, 128),
    ...llama32,
    ropeScaling: { ...LLAMA_3_2, factor: 8 },
    tiedEmbeddings: false,
  },
  {
    name: 'olmoe-1b-7b',
    source: hub('allenai/OLMoE-1B-7B-0924'),
    ...size(16, 2048, 1024, 16, 16, 128),
    ...plain,
    vocab: 50304,
    rmsEpsilon: 1e-5,
    ropeTheta: 1e4,
    tiedEmbeddings: false,
    qkNorm: 'projection',
    experts: { count: 64, perToken: 8, intermediate: 1024, normalised: false, routerBias: false },
  },
  {
    name: 'gpt-oss-20b',
    source: hub('openai/gpt-oss-20b'),
    ...size(24, 2880, 2880, 64, 8, 64),
    ...plain,
    vocab: 201088,
    rmsEpsilon: 1e-5,
    ropeTheta: 150000,
    ropeScaling: {
      kind: 'yarn',
      factor: 32,
      betaFast: 32,
      betaSlow: 1,
      originalPositions: 4096,
      attentionFactor: 0.1 * Math.log(32) + 1,
      truncate: false,
    },
    tiedEmbeddings: false,
    qkvBias: true,
    outputBias: true,
    mlpBias: true,
    slidingWindow: { tokens: 128, layers: Array.from({ length: 24 }, (_, layer) => layer % 2 === 0) },
    attentionSinks: true,
    activation: 'clamped-swiglu',
    experts: { count: 32, perToken: 4, intermediate: 2880, normalised: true, routerBias: true },
  },
  {
    name: 'qwen3-30b-a3b',
    source: hub('Qwen/Qwen3-30B-A3B'),
    ...size(48, 2048, 6144, 32, 4, 128),
    ...qwen3,
    tiedEmbeddings: false,
    experts: { count: 128, perToken: 8, intermediate: 768, normalised: true, routerBias: false },
  },
];

/** The config of that name; a UserError lists the known ones. */
export function findDecoder(name: string): DecoderConfig {
  return (
    DECODERS.find((config) => config.name === name) ??
    unknownValue(
      'decoder',
      name,
      DECODERS.map((config) => config.name),
    )
  );
}

/** Width of the concatenated query heads, and of the key (or value) heads. */
export function headWidths(config: DecoderConfig): { readonly query: number; readonly keyValue: number } {
  return { query: config.heads * config.headDim, keyValue: config.kvHeads * config.headDim };
}

/** Weights in the matrices of one layer: q, k, v, o, and gate, up, down, or the router and every expert's three. */
export function layerMatrixParameters(config: DecoderConfig): number {
  return attentionParameters(config) + mlpParameters(config, config.experts?.count ?? 1);
}

/** Those of them that one token is multiplied with: all, but for the experts it is not routed to. */
export function activeMatrixParameters(config: DecoderConfig): number {
  return attentionParameters(config) + mlpParameters(config, config.experts?.perToken ?? 1);
}

function attentionParameters(config: DecoderConfig): number {
  const { query, keyValue } = headWidths(config);
  return config.hidden * (2 * query + 2 * keyValue);
}

function mlpParameters({ hidden, intermediate, experts }: DecoderConfig, count: number): number {
  const router = experts ? experts.count * hidden : 0;
  return router + count * 3 * hidden * (experts?.intermediate ?? intermediate);
}

/** All trained parameters; a tied embedding counts once. */
export function parameterCount(config: DecoderConfig): number {
  const layer = layerMatrixParameters(config) + layerVectorParameters(config);
  const embeddings = config.vocab * config.hidden * (config.tiedEmbeddings ? 1 : 2);
  return config.layers * layer + config.hidden + embeddings;
}

/** Norms, biases and sinks of one layer. */
function layerVectorParameters(config: DecoderConfig): number {
  const { hidden, experts } = config;
  const { query, keyValue } = headWidths(config);
  const headNorms = { head: 2 * config.headDim, projection: query + keyValue };
  const mlp = (experts?.count ?? 1) * (2 * (experts?.intermediate ?? config.intermediate) + hidden);
  return (
    2 * hidden +
    (config.qkNorm ? headNorms[config.qkNorm] : 0) +
    (config.qkvBias ? query + 2 * keyValue : 0) +
    (config.outputBias ? hidden : 0) +
    (config.mlpBias ? mlp : 0) +
    (experts?.routerBias ? experts.count : 0) +
    (config.attentionSinks ? config.heads : 0)
  );
}
