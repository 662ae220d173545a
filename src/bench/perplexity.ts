// Perplexity of a decoder on windows of a text: exp of the mean loss of every token but a window's first, each foretold from
// those before it in its stretch. Knows no text and no runtime.
import type { OpenDecoder } from './decoder-runtime.ts';
import type { TokenFeeder } from './generate.ts';
import type { VerificationOutcome } from './outcome.ts';
import { lossOf } from './score-math.ts';

export interface HeldoutText {
  /** Which text and which part of it, for the result file. */
  readonly label: string;
  readonly windows: readonly (readonly number[])[];
}

export interface TextLoss {
  readonly perplexity: number;
  /** Tokens foretold. */
  readonly tokens: number;
}

type Scorer = TokenFeeder & Pick<OpenDecoder, 'score'>;

/** In one pass a stretch where the runtime gives all logits, else token by token. Calls `step` after each stretch. */
export async function textLoss(
  decoder: Scorer,
  { windows }: HeldoutText,
  signal: AbortSignal,
  step: (fraction: number) => void = () => {},
): Promise<TextLoss> {
  let [total, tokens] = [0, 0];
  for (const [index, stretch] of windows.entries()) {
    signal.throwIfAborted();
    const losses = decoder.score
      ? await lossesAtOnce(decoder.score.bind(decoder), stretch)
      : await lossesByStep(decoder, stretch, signal);
    for (const loss of losses) total += loss;
    tokens += losses.length;
    step((index + 1) / windows.length);
  }
  return { perplexity: Math.exp(total / tokens), tokens };
}

async function lossesAtOnce(score: NonNullable<OpenDecoder['score']>, stretch: readonly number[]): Promise<number[]> {
  const inputs = stretch.slice(0, -1);
  const rows = await score(inputs);
  const width = rows.length / inputs.length;
  return inputs.map((_, i) => lossOf(rows.subarray(i * width, (i + 1) * width), stretch[i + 1]!));
}

async function lossesByStep(decoder: TokenFeeder, stretch: readonly number[], signal: AbortSignal): Promise<number[]> {
  await decoder.reset();
  const losses: number[] = [];
  for (const [i, token] of stretch.slice(0, -1).entries()) {
    signal.throwIfAborted();
    losses.push(lossOf(await decoder.feed([token]), stretch[i + 1]!));
  }
  return losses;
}

/** The outcome with the perplexity in it; failed where it is further from the reference's than `allowed`, a share of it. */
export function withPerplexity(
  outcome: VerificationOutcome,
  { perplexity, tokens }: TextLoss,
  {
    label,
    reference,
    allowed,
  }: { readonly label: string; readonly reference: number | null; readonly allowed: number },
): VerificationOutcome {
  const value = Number.isFinite(perplexity) ? perplexity : Number.MAX_VALUE;
  const found = {
    ...outcome,
    perplexity: { value, tokens, text: label, ...(reference === null ? {} : { reference }) },
  };
  if (reference === null) return found;
  const change = Math.abs(value / reference - 1);
  const rule = `${outcome.rule}; perplexity within ${(allowed * 100).toPrecision(1)} % of the reference's`;
  if (change <= allowed) return { ...found, rule };
  const fault = `perplexity ${value.toPrecision(5)}, reference ${reference.toPrecision(5)} on the same ${tokens} tokens`;
  return { ...found, rule, state: 'failed', detail: [outcome.detail, fault].filter((part) => part).join('\n') };
}
