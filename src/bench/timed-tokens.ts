// Holds the very tokens that were timed to the reference, and from the first near-tie on to the decoder's own scores.
// Forced decoding looks at the model; this looks at the loop that chose the tokens. Knows no runtime.
import type { ReferenceRun } from './forced-decoding.ts';
import type { GateRule } from './gate-rule.ts';
import { largest, type TokenFeeder } from './generate.ts';
import type { FirstWrong } from './outcome.ts';
import { finite } from './score-math.ts';

export interface TimedTokens {
  readonly prompt: readonly number[];
  readonly newTokens: number;
  /** New tokens of every generation, cold and warm. */
  readonly generations: readonly (readonly number[])[];
  /** Null where there is none, or one of a part of the prompt only: it says nothing of what follows the whole. */
  readonly reference: ReferenceRun | null;
  readonly rule: GateRule;
  readonly signal: AbortSignal;
}

export interface TimedCheck {
  /** Tokens that no reference could judge, fed once more and found to be the decoder's own choices. */
  readonly ownChoices: number;
  readonly fault: TimedFault | null;
}

export interface TimedFault {
  readonly detail: string;
  readonly firstWrong?: FirstWrong;
  /** The generation it is found in. */
  readonly tokens: readonly number[];
}

/**
 * Every text must follow the reference up to a step at which the reference was undecided: there another token is as good, and
 * all that comes after it is another text, of which the decoder's own scores are asked step by step.
 */
export async function checkTimedTokens(decoder: TokenFeeder, timed: TimedTokens): Promise<TimedCheck> {
  const texts = new Map(timed.generations.map((tokens) => [tokens.join(' '), tokens]));
  let ownChoices = 0;
  for (const tokens of texts.values()) {
    if (tokens.length !== timed.newTokens) {
      const detail = `a timed generation gave ${tokens.length} tokens of ${timed.newTokens}`;
      return { ownChoices, fault: { detail, tokens } };
    }
    const known = timed.reference?.tokens.slice(0, timed.newTokens) ?? [];
    const judged = stepsAlike(tokens, known);
    const fault = judged === known.length ? null : strayed(timed, tokens, judged);
    if (fault) return { ownChoices, fault };
    if (judged >= tokens.length) continue;
    const own = await followOwn(decoder, tokens, timed);
    if (own) return { ownChoices, fault: own };
    ownChoices += tokens.length - judged;
  }
  return { ownChoices, fault: null };
}

/** Tokens of what is known before the first that the text has another for. */
export function stepsAlike(text: readonly number[], known: readonly number[]): number {
  const step = known.findIndex((token, i) => text[i] !== token);
  return step < 0 ? known.length : step;
}

/** Null where the reference's own logits are so close that twice the allowed error explains the other token. */
function strayed({ reference, rule }: TimedTokens, tokens: readonly number[], step: number): TimedFault | null {
  const [token, wanted] = [tokens[step]!, reference!.tokens[step]!];
  const row = reference!.logits[step]!;
  const margin = row[wanted]! - (row[token] ?? Number.NEGATIVE_INFINITY);
  if (margin <= tieOf(row, rule)) return null;
  return {
    detail: `step ${step}: a timed generation gave token ${token}, reference ${wanted}`,
    firstWrong: { step, token, reference: wanted, margin: finite(margin) },
    tokens,
  };
}

/** Feeds a text to the decoder that wrote it; names the first token that its scores do not choose. */
async function followOwn(
  decoder: TokenFeeder,
  tokens: readonly number[],
  { prompt, rule, signal }: TimedTokens,
): Promise<TimedFault | null> {
  await decoder.reset();
  for (const [step, token] of tokens.entries()) {
    signal.throwIfAborted();
    const scores = await decoder.feed(step === 0 ? prompt : [tokens[step - 1]!]);
    const choice = largest(scores);
    const margin = scores[choice]! - (scores[token] ?? Number.NEGATIVE_INFINITY);
    // Also where a score is not a number.
    if (!(margin <= tieOf(scores, rule))) {
      const detail = `step ${step}: a timed generation gave token ${token}, its own scores choose ${choice}`;
      return { detail, tokens };
    }
  }
  return null;
}

/** How far apart two scores may be for either to be chosen: each may err by the gate's bound. */
function tieOf(row: ArrayLike<number>, { logitError }: GateRule): number {
  let squares = 0;
  for (let i = 0; i < row.length; i++) squares += row[i]! * row[i]!;
  return 2 * logitError * Math.sqrt(squares / row.length);
}
