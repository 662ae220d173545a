// One greedy generation with its clock readings: prompt in, every token's time out. Knows no provider.
import { createRng, streamOf } from '../core/rng.ts';

/** What a generation needs of a decoder. */
export interface TokenFeeder {
  feed(tokens: readonly number[]): Promise<Float32Array>;
  reset(): void;
}

export interface Generation {
  readonly tokens: readonly number[];
  /** From submitting the prompt to its last logits readable. */
  readonly prefillNs: number;
  /** From submitting the prompt to its first new token known. */
  readonly ttftNs: number;
  /** Between consecutive new tokens; one fewer than tokens. */
  readonly gapsNs: readonly number[];
}

export interface GenerateOptions {
  readonly prompt: readonly number[];
  readonly newTokens: number;
  readonly signal: AbortSignal;
  /** Called after each token, inside the next gap: for reference runs, whose times are not kept. */
  readonly onToken?: (index: number, logits: Float32Array) => void;
}

/** A prompt of random tokens below `vocab`. */
export function seededPrompt(seed: number, length: number, vocab: number): number[] {
  const rng = createRng(seed, streamOf('prompt'));
  return Array.from({ length }, () => rng.u32() % vocab);
}

/** Starts from an empty context and always takes the largest logit; an end-of-text token does not stop it. */
export async function generate(decoder: TokenFeeder, options: GenerateOptions): Promise<Generation> {
  const { prompt, newTokens, signal, onToken } = options;
  decoder.reset();
  signal.throwIfAborted();
  const start = performance.now();
  let logits = await decoder.feed(prompt);
  const readable = performance.now();
  const tokens = [largest(logits)];
  const first = performance.now();
  onToken?.(0, logits);
  const gaps: number[] = [];
  let last = first;
  while (tokens.length < newTokens) {
    signal.throwIfAborted();
    logits = await decoder.feed([tokens.at(-1)!]);
    tokens.push(largest(logits));
    const now = performance.now();
    gaps.push(toNs(now - last));
    last = now;
    onToken?.(tokens.length - 1, logits);
  }
  return { tokens, prefillNs: toNs(readable - start), ttftNs: toNs(first - start), gapsNs: gaps };
}

/** Index of the largest value; the first of equals. */
export function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

export function toNs(milliseconds: number): number {
  return milliseconds * 1e6;
}
