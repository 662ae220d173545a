// Whether a runtime draws tokens as its scores and a temperature say: by seed, greedy at zero, and neither likelier nor less
// likely than draws from the softmax would be. Knows no runtime.
import type { OpenDecoder, Sampling } from './decoder-runtime.ts';
import type { ReferenceRun } from './forced-decoding.ts';
import type { TokenFeeder } from './generate.ts';
import { finite, logSumExp } from './score-math.ts';

/** Cool enough that the largest score alone would stand out. */
const TEMPERATURE = 0.7;
/** Right draws are farther off once in a million where many tokens are likely, somewhat more often where few are. */
const MOST_DEVIATIONS = 5;

/** Throws with what is wrong; returns what was seen. */
export async function checkDraws(
  decoder: OpenDecoder,
  { prompt, tokens }: ReferenceRun,
  signal: AbortSignal,
): Promise<string> {
  const write = async (sampling: Sampling): Promise<readonly number[]> =>
    (await decoder.generate({ prompt, newTokens: tokens.length, sampling, signal })).tokens;
  const draw = (seed: number, temperature = TEMPERATURE): Promise<readonly number[]> =>
    write({ kind: 'temperature', temperature, seed });
  const drawn = await draw(1);
  sameTokens(await draw(1), drawn, 'the same seed');
  if ((await draw(2)).join() === drawn.join()) throw new Error('another seed gives the same tokens');
  sameTokens(await draw(1, 0), await write({ kind: 'greedy' }), 'temperature 0');
  const z = await surprise(decoder, { prompt, tokens: drawn, temperature: TEMPERATURE, signal });
  const seen = `${z.toFixed(1)} deviations from what its scores foretell`;
  if (!(Math.abs(z) <= MOST_DEVIATIONS)) throw new Error(`its draws stand ${seen}`);
  return `${drawn.length} tokens, ${seen}`;
}

interface Drawn {
  readonly prompt: readonly number[];
  readonly temperature: number;
  readonly signal: AbortSignal;
}

/** Holds drawn texts to what the decoder's own scores foretell. */
export async function checkDrawn(
  decoder: TokenFeeder,
  {
    newTokens,
    generations,
    ...drawn
  }: Drawn & {
    readonly newTokens: number;
    readonly generations: readonly (readonly number[])[];
  },
): Promise<{ readonly deviations: number; readonly fault: string | null }> {
  const texts = new Map(generations.map((tokens) => [tokens.join(' '), tokens]));
  let deviations = 0;
  for (const tokens of texts.values()) {
    if (tokens.length !== newTokens)
      return { deviations, fault: `a generation gave ${tokens.length} of ${newTokens} tokens` };
    const z = await surprise(decoder, { ...drawn, tokens });
    if (!(Math.abs(z) <= deviations)) deviations = finite(Math.abs(z));
  }
  if (deviations <= MOST_DEVIATIONS) return { deviations, fault: null };
  return {
    deviations,
    fault: `drawn tokens stand ${deviations.toPrecision(3)} deviations from what its scores foretell`,
  };
}

/**
 * How much likelier tokens are than draws from softmax(scores / temperature) would be, in standard deviations: the sum of
 * ln p less its mean, Σ Σ p·ln p, over the root of its variance. Greedy choices and a wrong temperature stand far off.
 */
async function surprise(
  decoder: TokenFeeder,
  { prompt, tokens, temperature, signal }: Drawn & { readonly tokens: readonly number[] },
): Promise<number> {
  await decoder.reset();
  let [excess, variance] = [0, 0];
  for (const [step, token] of tokens.entries()) {
    signal.throwIfAborted();
    const scores = await decoder.feed(step === 0 ? prompt : [tokens[step - 1]!]);
    // Fed again, it would be refused.
    if (!(token in scores)) return Number.NEGATIVE_INFINITY;
    const scaled = Float64Array.from(scores, (score) => score / temperature);
    const shift = logSumExp(scaled);
    let [mean, square] = [0, 0];
    for (const value of scaled) {
      const logP = value - shift;
      // A share of nothing counts for nothing, also where its logarithm has no end.
      if (logP < -700) continue;
      mean += Math.exp(logP) * logP;
      square += Math.exp(logP) * logP * logP;
    }
    excess += scaled[token]! - shift - mean;
    variance += square - mean * mean;
  }
  // Where only one token has a share at every step there is nothing to deviate from.
  return excess === 0 ? 0 : excess / Math.sqrt(variance);
}

/** Throws with the first token that differs. */
export function sameTokens(actual: readonly number[], expected: readonly number[], what: string): void {
  const at = expected.findIndex((token, i) => actual[i] !== token);
  if (at >= 0 || actual.length !== expected.length) {
    throw new Error(`${what} gives token ${actual[at]} at step ${at}, the generation ${expected[at]}`);
  }
}
