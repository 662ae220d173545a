// The named weights of a decoder: their shapes, and how each is drawn so that activations stay near one and greedy
// tokens neither repeat nor hang on a rounding error. Knows no graph and no file.
import { type DecoderConfig, headWidths } from '../decoders.ts';

export interface MatrixSpec {
  readonly name: string;
  /** Inputs and outputs: y[outputs] = x[inputs] · W, stored row by row of inputs. */
  readonly inputs: number;
  readonly outputs: number;
  /** Standard deviation of the uniform values. */
  readonly deviation: number;
}

export interface VectorSpec {
  readonly name: string;
  readonly length: number;
  readonly mean: number;
  readonly deviation: number;
}

export interface LayerWeights {
  readonly q: MatrixSpec;
  readonly k: MatrixSpec;
  readonly v: MatrixSpec;
  readonly o: MatrixSpec;
  /** The layer's only MLP, or every expert's. */
  readonly mlps: readonly MlpWeights[];
  readonly router: { readonly matrix: MatrixSpec; readonly bias: VectorSpec | null } | null;
  readonly inputNorm: VectorSpec;
  readonly postNorm: VectorSpec;
  readonly biases: { readonly q: VectorSpec; readonly k: VectorSpec; readonly v: VectorSpec } | null;
  readonly outputBias: VectorSpec | null;
  readonly headNorms: { readonly q: VectorSpec; readonly k: VectorSpec } | null;
  readonly sinks: VectorSpec | null;
}

export interface MlpWeights {
  readonly gate: MatrixSpec;
  readonly up: MatrixSpec;
  readonly down: MatrixSpec;
  readonly biases: { readonly gate: VectorSpec; readonly up: VectorSpec; readonly down: VectorSpec } | null;
}

export interface DecoderWeights {
  /** [hidden, vocab]: column t embeds token t, and, tied, the same matrix gives the logits. */
  readonly embedding: MatrixSpec;
  /** [hidden, vocab]; null when tied. */
  readonly head: MatrixSpec | null;
  readonly layers: readonly LayerWeights[];
  readonly finalNorm: VectorSpec;
}

/**
 * How the weights are drawn. Projections keep variance (1/√inputs); those into the residual stream share it over all
 * 2 × layers sublayers. Queries are doubled so that attention is neither uniform nor one-hot: a wrong mask or position
 * shows in the logits. The embedding is small (½/√hidden), else a tied model only repeats its last token; attention's
 * output, an average over the context, starts no larger than it, else every step sees the same context and greedy
 * decoding runs in a short circle (seen: 12 different tokens of 32; now about 30).
 */
export function decoderWeights(config: DecoderConfig): DecoderWeights {
  const { hidden, vocab } = config;
  const table = (name: string, deviation: number): MatrixSpec => ({
    name: `${name}.weight`,
    inputs: hidden,
    outputs: vocab,
    deviation,
  });
  return {
    embedding: table('model.embed_tokens', 0.5 / Math.sqrt(hidden)),
    head: config.tiedEmbeddings ? null : table('lm_head', 1 / Math.sqrt(hidden)),
    layers: Array.from({ length: config.layers }, (_, layer) => layerWeights(config, `model.layers.${layer}`)),
    finalNorm: norm('model.norm', hidden),
  };
}

function matrix(name: string, inputs: number, outputs: number, gain = 1): MatrixSpec {
  return { name: `${name}.weight`, inputs, outputs, deviation: gain / Math.sqrt(inputs) };
}

function norm(name: string, length: number): VectorSpec {
  return { name: `${name}.weight`, length, mean: 1, deviation: 0.1 };
}

function bias(name: string, length: number): VectorSpec {
  return { name: `${name}.bias`, length, mean: 0, deviation: 0.3 };
}

function layerWeights(config: DecoderConfig, at: string): LayerWeights {
  const { query, keyValue } = headWidths(config);
  const { hidden, experts, headDim, qkNorm } = config;
  const attention = `${at}.self_attn`;
  const normed = (width: number): number => (qkNorm === 'head' ? headDim : width);
  return {
    q: matrix(`${attention}.q_proj`, hidden, query, 2),
    k: matrix(`${attention}.k_proj`, hidden, keyValue),
    v: matrix(`${attention}.v_proj`, hidden, keyValue),
    o: matrix(`${attention}.o_proj`, query, hidden, 0.5 * shareOfStream(config)),
    mlps: experts
      ? Array.from({ length: experts.count }, (_, i) => mlpWeights(config, `${at}.mlp.experts.${i}`))
      : [mlpWeights(config, `${at}.mlp`)],
    router: experts && {
      matrix: matrix(`${at}.mlp.gate`, hidden, experts.count, 2),
      bias: experts.routerBias ? bias(`${at}.mlp.gate`, experts.count) : null,
    },
    inputNorm: norm(`${at}.input_layernorm`, hidden),
    postNorm: norm(`${at}.post_attention_layernorm`, hidden),
    biases: config.qkvBias
      ? {
          q: bias(`${attention}.q_proj`, query),
          k: bias(`${attention}.k_proj`, keyValue),
          v: bias(`${attention}.v_proj`, keyValue),
        }
      : null,
    outputBias: config.outputBias ? bias(`${attention}.o_proj`, hidden) : null,
    headNorms: qkNorm
      ? { q: norm(`${attention}.q_norm`, normed(query)), k: norm(`${attention}.k_norm`, normed(keyValue)) }
      : null,
    sinks: config.attentionSinks ? { name: `${attention}.sinks`, length: config.heads, mean: 0, deviation: 1 } : null,
  };
}

function mlpWeights(config: DecoderConfig, at: string): MlpWeights {
  const { hidden, experts } = config;
  const width = experts?.intermediate ?? config.intermediate;
  const biases = {
    gate: bias(`${at}.gate_proj`, width),
    up: bias(`${at}.up_proj`, width),
    down: bias(`${at}.down_proj`, hidden),
  };
  return {
    gate: matrix(`${at}.gate_proj`, hidden, width),
    up: matrix(`${at}.up_proj`, hidden, width),
    down: matrix(`${at}.down_proj`, width, hidden, 2 * shareOfStream(config)),
    biases: config.mlpBias ? biases : null,
  };
}

function shareOfStream(config: DecoderConfig): number {
  return 1 / Math.sqrt(2 * config.layers);
}

/** Every weight of them, matrices and vectors, in the order of a forward pass. */
export function listWeights(weights: DecoderWeights): (MatrixSpec | VectorSpec)[] {
  const layers = weights.layers.flatMap((layer) => [
    layer.inputNorm,
    ...[layer.q, layer.k, layer.v, ...Object.values(layer.biases ?? {}), ...Object.values(layer.headNorms ?? {})],
    ...[layer.sinks, layer.o, layer.outputBias, layer.postNorm, layer.router?.matrix, layer.router?.bias],
    ...layer.mlps.flatMap(({ gate, up, down, biases }) => [gate, up, down, ...Object.values(biases ?? {})]),
  ]);
  return [weights.embedding, ...layers, weights.finalNorm, weights.head].filter(isPresent);
}

function isPresent<T>(item: T | null | undefined): item is T {
  return item !== null && item !== undefined;
}
