// Shapes of real decoder architectures, each with the published config it was read from, and the counts that follow
// from a shape alone. Knows no file format and no runtime.
import { unknownValue } from '../src/core/errors.ts';

/** Llama 3's frequency scaling: long wavelengths are divided by `factor`, short ones kept, a smooth blend between. */
interface Llama3Scaling {
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  /** Context length of the unscaled model, tokens. */
  readonly originalPositions: number;
}

/** A Llama-style decoder: RMSNorm, rotary positions (rotate-half), grouped-query attention, SwiGLU. */
export interface DecoderConfig {
  readonly name: string;
  /** Where the shape was read. */
  readonly source: string;
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
  readonly ropeTheta: number;
  readonly ropeScaling: Llama3Scaling | null;
  readonly rmsEpsilon: number;
  /** The output projection is the transposed embedding. */
  readonly tiedEmbeddings: boolean;
  /** Biases on the q, k and v projections. */
  readonly qkvBias: boolean;
  /** RMSNorm over each head of q and k before rotation. */
  readonly qkNorm: boolean;
}

const LLAMA_3_2: Llama3Scaling = { factor: 32, lowFreqFactor: 1, highFreqFactor: 4, originalPositions: 8192 };

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

const plain = { ropeScaling: null, qkvBias: false, qkNorm: false, tiedEmbeddings: true } as const;
const hub = (repository: string): string => `https://huggingface.co/${repository}/blob/main/config.json`;

const smol = { ...plain, vocab: 49152, rmsEpsilon: 1e-5 } as const;
const qwen25 = { ...plain, vocab: 151936, rmsEpsilon: 1e-6, ropeTheta: 1e6, qkvBias: true } as const;
const qwen3 = { ...plain, vocab: 151936, rmsEpsilon: 1e-6, ropeTheta: 1e6, qkNorm: true } as const;
const llama32 = { ...plain, vocab: 128256, rmsEpsilon: 1e-5, ropeTheta: 5e5, ropeScaling: LLAMA_3_2 } as const;

/** Every decoder the project can write, smallest first. */
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

/** Weights in the seven matrices of one layer: q, k, v, o, gate, up, down. */
export function layerMatrixParameters(config: DecoderConfig): number {
  const { query, keyValue } = headWidths(config);
  return config.hidden * (2 * query + 2 * keyValue) + 3 * config.hidden * config.intermediate;
}

/** All trained parameters; a tied embedding counts once. */
export function parameterCount(config: DecoderConfig): number {
  const { query, keyValue } = headWidths(config);
  const norms = 2 * config.hidden + (config.qkNorm ? 2 * config.headDim : 0);
  const biases = config.qkvBias ? query + 2 * keyValue : 0;
  const layer = layerMatrixParameters(config) + norms + biases;
  const embeddings = config.vocab * config.hidden * (config.tiedEmbeddings ? 1 : 2);
  return config.layers * layer + config.hidden + embeddings;
}
