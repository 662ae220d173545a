// The same decoder in plain f64 TypeScript: what a written graph must compute. Slow and obvious on purpose.
import type { DecoderConfig } from '../decoders.ts';
import { rotaryTables } from '../rope.ts';

/** Weights by Hugging Face name, dequantised; matrices [inputs, outputs] row by row. */
export type ReferenceWeights = ReadonlyMap<string, ArrayLike<number>>;

interface Cache {
  /** Per position, kvHeads × headDim. */
  readonly keys: Float64Array[];
  readonly values: Float64Array[];
}

export class ReferenceDecoder {
  private readonly config: DecoderConfig;
  private readonly weights: ReferenceWeights;
  private readonly caches: readonly Cache[];
  private readonly rotary: { readonly cos: Float64Array; readonly sin: Float64Array };
  private position = 0;

  constructor(config: DecoderConfig, weights: ReferenceWeights, positions: number) {
    this.config = config;
    this.weights = weights;
    this.rotary = rotaryTables(config, positions);
    this.caches = Array.from({ length: config.layers }, () => ({ keys: [], values: [] }));
  }

  /** Feeds one token at the next position; returns the logits there, one a vocabulary entry. */
  next(token: number): Float64Array {
    const { config } = this;
    const table = this.tensor('model.embed_tokens.weight');
    const hidden = Float64Array.from({ length: config.hidden }, (_, i) => table[i * config.vocab + token]!);
    for (let layer = 0; layer < config.layers; layer++) this.layer(layer, hidden);
    this.position++;
    const normed = this.norm('model.norm', hidden);
    const head = this.weights.get('lm_head.weight') ?? table;
    return multiply(normed, head, config.vocab);
  }

  /** Adds one layer's two sublayers to `hidden`. */
  private layer(index: number, hidden: Float64Array): void {
    const at = `model.layers.${index}`;
    const attended = this.attention(index, this.norm(`${at}.input_layernorm`, hidden));
    accumulate(hidden, this.project(`${at}.self_attn.o_proj`, attended, hidden.length));
    const normed = this.norm(`${at}.post_attention_layernorm`, hidden);
    const gate = this.project(`${at}.mlp.gate_proj`, normed, this.config.intermediate);
    const up = this.project(`${at}.mlp.up_proj`, normed, this.config.intermediate);
    const product = gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
    accumulate(hidden, this.project(`${at}.mlp.down_proj`, product, hidden.length));
  }

  private attention(index: number, normed: Float64Array): Float64Array {
    const { heads, kvHeads, headDim } = this.config;
    const at = `model.layers.${index}.self_attn`;
    const query = this.project(`${at}.q_proj`, normed, heads * headDim);
    const key = this.project(`${at}.k_proj`, normed, kvHeads * headDim);
    const value = this.project(`${at}.v_proj`, normed, kvHeads * headDim);
    for (const [part, vector] of [
      ['q_norm', query],
      ['k_norm', key],
    ] as const) {
      for (let head = 0; head < vector.length; head += headDim) {
        const slice = vector.subarray(head, head + headDim);
        if (this.config.qkNorm) slice.set(this.norm(`${at}.${part}`, slice));
        this.rotate(slice);
      }
    }
    const { keys, values } = this.caches[index]!;
    keys.push(key);
    values.push(value);
    const output = new Float64Array(heads * headDim);
    for (let head = 0; head < heads; head++) {
      const shared = Math.floor(head / (heads / kvHeads)) * headDim;
      attendHead(query.subarray(head * headDim, (head + 1) * headDim), keys, values, shared, output, head * headDim);
    }
    return output;
  }

  /** Rotates pairs (i, i + headDim/2) of one head by the current position's angles. */
  private rotate(head: Float64Array): void {
    const half = head.length / 2;
    for (let i = 0; i < half; i++) {
      const cos = this.rotary.cos[this.position * half + i]!;
      const sin = this.rotary.sin[this.position * half + i]!;
      const [first, second] = [head[i]!, head[i + half]!];
      head[i] = first * cos - second * sin;
      head[i + half] = second * cos + first * sin;
    }
  }

  private norm(name: string, input: Float64Array): Float64Array {
    const weight = this.tensor(`${name}.weight`);
    const meanSquare = input.reduce((sum, x) => sum + x * x, 0) / input.length;
    const scale = 1 / Math.sqrt(meanSquare + this.config.rmsEpsilon);
    return input.map((x, i) => x * scale * weight[i]!);
  }

  private project(name: string, input: Float64Array, outputs: number): Float64Array {
    const product = multiply(input, this.tensor(`${name}.weight`), outputs);
    const bias = this.weights.get(`${name}.bias`);
    if (bias) for (let i = 0; i < outputs; i++) product[i]! += bias[i]!;
    return product;
  }

  private tensor(name: string): ArrayLike<number> {
    const found = this.weights.get(name);
    if (!found) throw new Error(`reference decoder: no weight named ${name}`);
    return found;
  }
}

/** Softmax of scaled scores over all cached positions, then the weighted sum of values. */
function attendHead(
  query: Float64Array,
  keys: readonly Float64Array[],
  values: readonly Float64Array[],
  shared: number,
  output: Float64Array,
  at: number,
): void {
  const scores = keys.map((key) => {
    let sum = 0;
    for (let i = 0; i < query.length; i++) sum += query[i]! * key[shared + i]!;
    return sum / Math.sqrt(query.length);
  });
  const top = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [position, weight] of weights.entries()) {
    const value = values[position]!;
    for (let i = 0; i < query.length; i++) output[at + i]! += (weight / total) * value[shared + i]!;
  }
}

function multiply(input: Float64Array, matrix: ArrayLike<number>, outputs: number): Float64Array {
  const result = new Float64Array(outputs);
  for (let i = 0; i < input.length; i++) {
    const x = input[i]!;
    for (let j = 0; j < outputs; j++) result[j]! += x * matrix[i * outputs + j]!;
  }
  return result;
}

function accumulate(target: Float64Array, addend: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += addend[i]!;
}
