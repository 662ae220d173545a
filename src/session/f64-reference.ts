// What a decoder is held to where it is small enough: greedy tokens, their logits and the loss on held-out text, in f64.
// Knows no runtime.
import { type DecoderConfig, parameterCount } from '../../models/decoders.ts';
import { ReferenceDecoder, type ReferenceWeights } from '../../models/onnx/decoder-reference.ts';
import { referenceWeights } from '../../models/onnx/seeded-weights.ts';
import type { WeightSource } from '../../models/weight-source.ts';
import type { ReferenceRequest, ReferenceRun } from '../bench/forced-decoding.ts';
import { largest, type TokenFeeder } from '../bench/generate.ts';
import { type HeldoutText, textLoss } from '../bench/perplexity.ts';

/** Multiply-adds the f64 decoder may spend on one case (about a second), and parameters it may hold as copies. */
const MULTIPLY_ADDS = 1e9;
const PARAMETERS = 2e8;

/** How many tokens the f64 decoder may see of such a model; below 2 it is no reference. */
function affordableTokens(config: DecoderConfig): number {
  const parameters = parameterCount(config);
  return parameters > PARAMETERS ? 0 : Math.floor(MULTIPLY_ADDS / parameters);
}

/** Whether the f64 decoder can follow a whole generation. */
export function f64Suffices(config: DecoderConfig, tokens: number): boolean {
  return tokens <= affordableTokens(config);
}

export class F64Decoder implements TokenFeeder {
  private readonly config: DecoderConfig;
  private readonly weights: ReferenceWeights;
  private decoder: ReferenceDecoder;
  private readonly positions: number;

  private constructor(config: DecoderConfig, weights: ReferenceWeights, positions: number) {
    this.config = config;
    this.weights = weights;
    this.positions = positions;
    this.decoder = new ReferenceDecoder(config, weights, positions);
  }

  static async open(source: WeightSource, positions: number): Promise<F64Decoder> {
    return new F64Decoder(source.config, await referenceWeights(source), positions);
  }

  reset(): void {
    this.decoder = new ReferenceDecoder(this.config, this.weights, this.positions);
  }

  async feed(tokens: readonly number[]): Promise<Float32Array> {
    return Float32Array.from(this.next(tokens));
  }

  next(tokens: readonly number[]): Float64Array {
    let row = new Float64Array();
    for (const token of tokens) row = Float64Array.from(this.decoder.next(token));
    return row;
  }
}

/**
 * Greedy decoding over as much of the prompt and as many tokens as the budget allows, at least one each; null when the model
 * is too large even for that.
 */
export async function f64Reference(source: WeightSource, request: ReferenceRequest): Promise<ReferenceRun | null> {
  const affordable = affordableTokens(source.config);
  if (affordable < 2) return null;
  const steps = Math.max(1, Math.min(request.newTokens, Math.floor(affordable / 2)));
  const prompt = request.prompt.slice(0, Math.max(1, affordable - steps));
  const decoder = await F64Decoder.open(source, prompt.length + steps);
  const logits = [decoder.next(prompt)];
  const tokens = [largest(logits[0]!)];
  while (tokens.length < steps) {
    request.signal.throwIfAborted();
    const row = decoder.next([tokens.at(-1)!]);
    logits.push(row);
    tokens.push(largest(row));
  }
  return { name: 'the f64 decoder', prompt, tokens, logits };
}

/** The reference's perplexity on the same tokens; null where it could not follow them in time. */
export async function f64Perplexity(
  source: WeightSource,
  text: HeldoutText,
  signal: AbortSignal,
): Promise<number | null> {
  const longest = Math.max(...text.windows.map((tokens) => tokens.length));
  const tokens = text.windows.reduce((sum, stretch) => sum + stretch.length, 0);
  if (!f64Suffices(source.config, tokens)) return null;
  return (await textLoss(await F64Decoder.open(source, longest), text, signal)).perplexity;
}
