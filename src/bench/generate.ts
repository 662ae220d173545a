// One generation of a runtime that only feeds tokens and gives scores: prompt in, every token's time out, tokens chosen in
// JavaScript. Knows no runtime.
import { createRng, type Rng, streamOf } from '../core/rng.ts';
import type { Generation, GenerationRequest, Sampling } from './decoder-runtime.ts';

/** What a generation needs of a decoder. */
export interface TokenFeeder {
  feed(tokens: readonly number[]): Promise<Float32Array>;
  reset(): void | Promise<void>;
}

/** A prompt of random tokens below `vocab`. */
export function seededPrompt(seed: number, length: number, vocab: number): number[] {
  const rng = createRng(seed, streamOf('prompt'));
  return Array.from({ length }, () => rng.u32() % vocab);
}

/** Starts from an empty context; an end-of-text token does not stop it. */
export async function generateByFeeding(decoder: TokenFeeder, request: GenerationRequest): Promise<Generation> {
  const { prompt, newTokens, sampling = { kind: 'greedy' }, signal, onToken } = request;
  const choose = chooser(sampling);
  await decoder.reset();
  signal.throwIfAborted();
  const start = performance.now();
  let scores = await decoder.feed(prompt);
  const readable = performance.now();
  const tokens = [choose(scores)];
  const first = performance.now();
  onToken?.(tokens[0]!, 0);
  const gaps: number[] = [];
  let last = first;
  while (tokens.length < newTokens) {
    signal.throwIfAborted();
    scores = await decoder.feed([tokens.at(-1)!]);
    const token = choose(scores);
    tokens.push(token);
    const now = performance.now();
    gaps.push(toNs(now - last));
    last = now;
    onToken?.(token, tokens.length - 1);
  }
  return { tokens, prefillNs: toNs(readable - start), ttftNs: toNs(first - start), gapsNs: gaps };
}

function chooser(sampling: Sampling): (scores: Float32Array) => number {
  if (sampling.kind === 'greedy' || sampling.temperature === 0) return largest;
  const rng = createRng(sampling.seed, streamOf('sampling'));
  return (scores) => drawn(scores, sampling.temperature, rng);
}

/** Index of the largest value; the first of equals. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** An index drawn by softmax(scores / temperature). */
function drawn(scores: Float32Array, temperature: number, rng: Rng): number {
  const top = scores[largest(scores)]!;
  const weights = Float64Array.from(scores, (score) => Math.exp((score - top) / temperature));
  let rest = rng.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return index;
  }
  return largest(scores);
}

export function toNs(milliseconds: number): number {
  return milliseconds * 1e6;
}
