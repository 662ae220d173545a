// The same decoder in plain f64 TypeScript: what a written graph must compute. Slow and obvious on purpose.
import type { DecoderConfig, Experts } from '../decoders.ts';
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
    const { experts, intermediate } = this.config;
    if (experts) this.mixture(`${at}.mlp`, experts, normed, hidden);
    else accumulate(hidden, this.mlp(`${at}.mlp`, normed, intermediate));
  }

  private mlp(at: string, normed: Float64Array, width: number): Float64Array {
    const gate = this.project(`${at}.gate_proj`, normed, width);
    const up = this.project(`${at}.up_proj`, normed, width);
    const product = gate.map((g, i) => activate(this.config.activation, g, up[i]!));
    return this.project(`${at}.down_proj`, product, normed.length);
  }

  /** Adds the chosen experts' outputs, each times its share. */
  private mixture(at: string, experts: Experts, normed: Float64Array, hidden: Float64Array): void {
    const shares = softmax(this.project(`${at}.gate`, normed, experts.count));
    const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]! || a - b);
    const chosen = order.slice(0, experts.perToken);
    const total = experts.normalised ? chosen.reduce((sum, expert) => sum + shares[expert]!, 0) : 1;
    for (const expert of chosen) {
      const output = this.mlp(`${at}.experts.${expert}`, normed, experts.intermediate);
      accumulate(
        hidden,
        output.map((x) => (x * shares[expert]!) / total),
      );
    }
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
      if (this.config.qkNorm === 'projection') vector.set(this.norm(`${at}.${part}`, vector));
      for (let head = 0; head < vector.length; head += headDim) {
        const slice = vector.subarray(head, head + headDim);
        if (this.config.qkNorm === 'head') slice.set(this.norm(`${at}.${part}`, slice));
        this.rotate(slice);
      }
    }
    const { keys, values } = this.caches[index]!;
    keys.push(key);
    values.push(value);
    const output = new Float64Array(heads * headDim);
    const sinks = this.config.attentionSinks ? this.tensor(`${at}.sinks`) : null;
    const { slidingWindow } = this.config;
    const oldest = slidingWindow?.layers[index] ? Math.max(0, keys.length - slidingWindow.tokens) : 0;
    for (let head = 0; head < heads; head++) {
      const shared = Math.floor(head / (heads / kvHeads)) * headDim;
      const slice = (rows: readonly Float64Array[]): Float64Array[] =>
        rows.slice(oldest).map((row) => row.subarray(shared, shared + headDim));
      const attended = attendHead(
        query.subarray(head * headDim, (head + 1) * headDim),
        slice(keys),
        slice(values),
        sinks?.[head] ?? null,
      );
      output.set(attended, head * headDim);
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

/** Softmax of scaled scores over the visible positions, a sink's beside them, then the weighted sum of values. */
function attendHead(
  query: Float64Array,
  keys: readonly Float64Array[],
  values: readonly Float64Array[],
  sink: number | null,
): Float64Array {
  const scores = keys.map((key) => {
    let sum = 0;
    for (let i = 0; i < query.length; i++) sum += query[i]! * key[i]!;
    return sum / Math.sqrt(query.length);
  });
  const weights = softmax(Float64Array.from(sink === null ? scores : [...scores, sink]));
  const output = new Float64Array(query.length);
  for (const [position, value] of values.entries()) {
    for (let i = 0; i < query.length; i++) output[i]! += weights[position]! * value[i]!;
  }
  return output;
}

function softmax(scores: Float64Array): Float64Array {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Formulas of DecoderConfig.activation. */
function activate(kind: DecoderConfig['activation'], gate: number, up: number): number {
  if (kind === 'swiglu') return (gate / (1 + Math.exp(-gate))) * up;
  const [low, middle] = [Math.min(gate, 7), Math.max(-7, Math.min(up, 7))];
  return (low / (1 + Math.exp(-1.702 * low))) * (middle + 1);
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
