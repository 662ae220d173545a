// The files of this folder agree with each other, and the stated loss is what an independent f64 decoder finds.
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../decoders.ts';
import { sourceOfBytes } from '../files/byte-source.ts';
import { ReferenceDecoder, type ReferenceWeights } from '../onnx/decoder-reference.ts';
import { openSafetensors } from '../safetensors/reader.ts';
import { tensorShapes } from '../tensor-shapes.ts';
import { openTiny, tinyWeightsUrl } from './open-tiny.ts';

const at = (name: string): URL => new URL(name, import.meta.url);
const json = <T>(name: string): T => JSON.parse(readFileSync(at(name), 'utf8')) as T;

interface Training {
  readonly heldoutLoss: number;
  readonly heldoutLossMiddleWindow: number;
  readonly trainLoss: number;
  readonly parameters: number;
  readonly heldoutCharacters: number;
  readonly bestStep: number;
  readonly steps: number;
}

const context = json<{ max_position_embeddings: number }>('config.json').max_position_embeddings;
const training = json<Training>('training.json');
const vocab = new Map(Object.entries(json<{ model: { vocab: Record<string, number> } }>('tokenizer.json').model.vocab));
const heldout = readFileSync(at('heldout.txt'));

const weightsFile = readFileSync(tinyWeightsUrl());
const source = await openTiny(sourceOfBytes('model.safetensors', weightsFile));
const decoder = source.config;

/** The weights as the reference wants them: matrices transposed to [inputs, outputs]. */
async function referenceWeights(): Promise<ReferenceWeights> {
  const weights = new Map<string, Float32Array>();
  for (const name of source.names) {
    const { shape, values } = await source.tensor(name);
    if (values.type !== 'f32') throw new Error(`${name} is ${values.type}`);
    const [rows, columns] = shape.length === 2 ? [shape[0]!, shape[1]!] : [1, shape[0]!];
    const { data } = values;
    const transposed = Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
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
  it('hold exactly the tensors the config asks for, in f32, all finite', async () => {
    const { entries } = await openSafetensors(sourceOfBytes('model.safetensors', weightsFile));
    expect(new Map(entries.map(({ name, shape }) => [name, shape]))).toEqual(tensorShapes(decoder));
    expect(new Set(entries.map(({ dtype }) => dtype))).toEqual(new Set(['F32']));
    for (const name of source.names) {
      const { values } = await source.tensor(name);
      expect(values.type === 'f32' && values.data.every(Number.isFinite), name).toBe(true);
    }
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

  it('state the loss an f64 decoder finds on the middle window of the held-out text', {
    timeout: 120_000,
  }, async () => {
    const start = Math.floor(heldout.length / 2);
    const reference = new ReferenceDecoder(decoder, await referenceWeights(), context);
    let total = 0;
    for (let i = start; i < start + context; i++) total += crossEntropy(reference.next(heldout[i]!), heldout[i + 1]!);
    // f32 against f64: rounding alone, and the stated figure has five decimals.
    expect(Math.abs(total / context - training.heldoutLossMiddleWindow)).toBeLessThan(1e-4);
    // The 435 windows of the text lie around its mean with a standard deviation of 0.29 (measured with these weights).
    expect(Math.abs(total / context - training.heldoutLoss)).toBeLessThan(2 * 0.29);
  });
});
