// The files of this folder agree with each other, and the stated loss is what an independent f64 decoder finds.
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DecoderConfig, LLAMA, parameterCount } from '../decoders.ts';
import { ReferenceDecoder, type ReferenceWeights } from '../onnx/decoder-reference.ts';

const at = (name: string): URL => new URL(name, import.meta.url);
const json = <T>(name: string): T => JSON.parse(readFileSync(at(name), 'utf8')) as T;

interface HuggingFaceConfig {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly rms_norm_eps: number;
  readonly rope_theta: number;
  readonly vocab_size: number;
  readonly max_position_embeddings: number;
  readonly tie_word_embeddings: boolean;
}

interface Training {
  readonly heldoutLoss: number;
  readonly heldoutLossMiddleWindow: number;
  readonly trainLoss: number;
  readonly parameters: number;
  readonly heldoutCharacters: number;
  readonly bestStep: number;
  readonly steps: number;
}

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const hf = json<HuggingFaceConfig>('config.json');
const training = json<Training>('training.json');
const vocab = new Map(Object.entries(json<{ model: { vocab: Record<string, number> } }>('tokenizer.json').model.vocab));
const heldout = readFileSync(at('heldout.txt'));

const decoder: DecoderConfig = {
  ...LLAMA,
  name: 'tiny',
  source: 'models/tiny/config.json',
  layers: hf.num_hidden_layers,
  hidden: hf.hidden_size,
  intermediate: hf.intermediate_size,
  heads: hf.num_attention_heads,
  kvHeads: hf.num_key_value_heads,
  headDim: hf.head_dim,
  vocab: hf.vocab_size,
  ropeTheta: hf.rope_theta,
  rmsEpsilon: hf.rms_norm_eps,
  tiedEmbeddings: hf.tie_word_embeddings,
};

function readSafetensors(): { readonly entries: ReadonlyMap<string, TensorEntry>; readonly data: Buffer } {
  const file = readFileSync(at('model.safetensors'));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, start)) as Record<string, TensorEntry>;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return { entries: new Map(entries), data: file.subarray(start) };
}

/** What Hugging Face's Llama of this config must hold: name → shape, matrices as [outputs, inputs]. */
function expectedShapes(): Map<string, number[]> {
  const { hidden, intermediate, heads, kvHeads, headDim, layers } = decoder;
  const shapes = new Map([
    ['model.embed_tokens.weight', [decoder.vocab, hidden]],
    ['model.norm.weight', [hidden]],
  ]);
  for (let layer = 0; layer < layers; layer++) {
    const parts: Record<string, number[]> = {
      input_layernorm: [hidden],
      post_attention_layernorm: [hidden],
      'self_attn.q_proj': [heads * headDim, hidden],
      'self_attn.k_proj': [kvHeads * headDim, hidden],
      'self_attn.v_proj': [kvHeads * headDim, hidden],
      'self_attn.o_proj': [hidden, heads * headDim],
      'mlp.gate_proj': [intermediate, hidden],
      'mlp.up_proj': [intermediate, hidden],
      'mlp.down_proj': [hidden, intermediate],
    };
    for (const [part, shape] of Object.entries(parts)) shapes.set(`model.layers.${layer}.${part}.weight`, shape);
  }
  return shapes;
}

/** The weights as the reference wants them: matrices transposed to [inputs, outputs]. */
function referenceWeights(): ReferenceWeights {
  const { entries, data } = readSafetensors();
  const weights = new Map<string, Float32Array>();
  for (const [name, { shape, data_offsets }] of entries) {
    const values = new Float32Array(new Uint8Array(data.subarray(...data_offsets)).buffer);
    const [rows, columns] = shape.length === 2 ? [shape[0]!, shape[1]!] : [1, shape[0]!];
    const transposed = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
    weights.set(name, transposed);
  }
  return weights;
}

/** −log softmax(logits)[target], nats. */
function crossEntropy(logits: Float64Array, target: number): number {
  const top = Math.max(...logits);
  return top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0)) - logits[target]!;
}

describe('the files of the tiny model', () => {
  it('hold exactly the tensors the config asks for, one after the other, all finite', () => {
    const { entries, data } = readSafetensors();
    const shapes = new Map([...entries].map(([name, entry]) => [name, [...entry.shape]]));
    expect(Object.fromEntries(shapes)).toEqual(Object.fromEntries(expectedShapes()));
    let end = 0;
    for (const { dtype, shape, data_offsets } of entries.values()) {
      expect(dtype).toBe('F32');
      expect(data_offsets).toEqual([end, end + 4 * shape.reduce((product, n) => product * n, 1)]);
      end = data_offsets[1];
    }
    expect(end).toBe(data.length);
    expect(new Float32Array(new Uint8Array(data).buffer).every(Number.isFinite)).toBe(true);
  });

  it('agree on the number of parameters, within 12 MB', () => {
    expect(parameterCount(decoder)).toBe(training.parameters);
    expect(statSync(at('model.safetensors')).size).toBeLessThanOrEqual(12e6);
  });

  it('have a shape every kernel of the project can run: whole heads, vectors of four, grouped queries', () => {
    expect(decoder.headDim % 4).toBe(0);
    expect(decoder.heads % decoder.kvHeads).toBe(0);
    expect(decoder.heads / decoder.kvHeads).toBeGreaterThanOrEqual(2);
    expect(decoder.tiedEmbeddings).toBe(true);
  });

  it('have a token for every byte, its id the byte, and so for every held-out character', () => {
    expect([...vocab.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: decoder.vocab }, (_, id) => id));
    expect(heldout.length).toBe(training.heldoutCharacters);
    // Spellings of GPT-2's byte alphabet: visible ASCII is itself, space and line feed are moved up to U+0120, U+010A.
    for (const byte of new Set(heldout)) {
      const spelled = byte > 32 ? String.fromCharCode(byte) : String.fromCharCode(0x100 + byte);
      expect(vocab.get(spelled), `byte ${byte}`).toBe(byte);
    }
    expect(json('tokenizer_config.json')).toMatchObject({ clean_up_tokenization_spaces: false });
  });

  it('state a held-out loss of at most 1.70 nats per character, above the training loss', () => {
    expect(training.heldoutLoss).toBeLessThanOrEqual(1.7);
    expect(training.heldoutLoss).toBeGreaterThan(training.trainLoss);
    expect(training.bestStep).toBeLessThanOrEqual(training.steps);
  });

  it('state the loss an f64 decoder finds on the middle window of the held-out text', { timeout: 120_000 }, () => {
    const context = hf.max_position_embeddings;
    const start = Math.floor(heldout.length / 2);
    const reference = new ReferenceDecoder(decoder, referenceWeights(), context);
    let total = 0;
    for (let i = start; i < start + context; i++) total += crossEntropy(reference.next(heldout[i]!), heldout[i + 1]!);
    // f32 against f64: rounding alone, and the stated figure has five decimals.
    expect(Math.abs(total / context - training.heldoutLossMiddleWindow)).toBeLessThan(1e-4);
    // The 435 windows of the text lie around its mean with a standard deviation of 0.29 (measured with these weights).
    expect(Math.abs(total / context - training.heldoutLoss)).toBeLessThan(2 * 0.29);
  });
});
