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
  readonly gate: MatrixSpec;
  readonly up: MatrixSpec;
  readonly down: MatrixSpec;
  readonly inputNorm: VectorSpec;
  readonly postNorm: VectorSpec;
  readonly biases: { readonly q: VectorSpec; readonly k: VectorSpec; readonly v: VectorSpec } | null;
  readonly headNorms: { readonly q: VectorSpec; readonly k: VectorSpec } | null;
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
  const { query, keyValue } = headWidths(config);
  const { hidden, intermediate, vocab } = config;
  const shared = 1 / Math.sqrt(2 * config.layers);
  const matrix = (name: string, inputs: number, outputs: number, gain = 1): MatrixSpec => ({
    name: `${name}.weight`,
    inputs,
    outputs,
    deviation: gain / Math.sqrt(inputs),
  });
  const norm = (name: string, length: number): VectorSpec => ({
    name: `${name}.weight`,
    length,
    mean: 1,
    deviation: 0.1,
  });
  const bias = (name: string, length: number): VectorSpec => ({
    name: `${name}.bias`,
    length,
    mean: 0,
    deviation: 0.3,
  });
  const layers = Array.from({ length: config.layers }, (_, layer): LayerWeights => {
    const at = `model.layers.${layer}`;
    const attention = `${at}.self_attn`;
    return {
      q: matrix(`${attention}.q_proj`, hidden, query, 2),
      k: matrix(`${attention}.k_proj`, hidden, keyValue),
      v: matrix(`${attention}.v_proj`, hidden, keyValue),
      o: matrix(`${attention}.o_proj`, query, hidden, 0.5 * shared),
      gate: matrix(`${at}.mlp.gate_proj`, hidden, intermediate),
      up: matrix(`${at}.mlp.up_proj`, hidden, intermediate),
      down: matrix(`${at}.mlp.down_proj`, intermediate, hidden, 2 * shared),
      inputNorm: norm(`${at}.input_layernorm`, hidden),
      postNorm: norm(`${at}.post_attention_layernorm`, hidden),
      biases: config.qkvBias
        ? {
            q: bias(`${attention}.q_proj`, query),
            k: bias(`${attention}.k_proj`, keyValue),
            v: bias(`${attention}.v_proj`, keyValue),
          }
        : null,
      headNorms: config.qkNorm
        ? { q: norm(`${attention}.q_norm`, config.headDim), k: norm(`${attention}.k_norm`, config.headDim) }
        : null,
    };
  });
  const table = (name: string, deviation: number): MatrixSpec => ({
    name: `${name}.weight`,
    inputs: hidden,
    outputs: vocab,
    deviation,
  });
  return {
    embedding: table('model.embed_tokens', 0.5 / Math.sqrt(hidden)),
    head: config.tiedEmbeddings ? null : table('lm_head', 1 / Math.sqrt(hidden)),
    layers,
    finalNorm: norm('model.norm', hidden),
  };
}
