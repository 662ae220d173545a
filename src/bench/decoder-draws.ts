// Whether a runtime draws tokens as its scores and a temperature say: by seed, greedy at zero, and neither likelier nor less
// likely than draws from the softmax would be. Knows no runtime.
import type { OpenDecoder, Sampling } from './decoder-runtime.ts';
import type { ReferenceRun } from './forced-decoding.ts';
import { logSumExp } from './score-math.ts';

/** Cool enough that the largest score alone would stand out; a right draw is as far off as this once in 16,000. */
const DRAW = { temperature: 0.7, deviations: 4 } as const;

/** Throws with what is wrong; returns what was seen. */
export async function checkDraws(
  decoder: OpenDecoder,
  { prompt, tokens }: ReferenceRun,
  signal: AbortSignal,
): Promise<string> {
  const write = async (sampling: Sampling): Promise<readonly number[]> =>
    (await decoder.generate({ prompt, newTokens: tokens.length, sampling, signal })).tokens;
  const draw = (seed: number, temperature: number = DRAW.temperature): Promise<readonly number[]> =>
    write({ kind: 'temperature', temperature, seed });
  const drawn = await draw(1);
  sameTokens(await draw(1), drawn, 'the same seed');
  if ((await draw(2)).join() === drawn.join()) throw new Error('another seed gives the same tokens');
  sameTokens(await draw(1, 0), await write({ kind: 'greedy' }), 'temperature 0');
  const z = await surprise(decoder, prompt, drawn);
  const seen = `${z.toFixed(1)} deviations from what its scores foretell`;
  if (!(Math.abs(z) <= DRAW.deviations)) throw new Error(`its draws stand ${seen}`);
  return `${drawn.length} tokens, ${seen}`;
}

/**
 * How much likelier tokens are than draws from softmax(scores / temperature) would be, in standard deviations: the sum of
 * ln p less its mean, Σ Σ p·ln p, over the root of its variance. Greedy choices and a wrong temperature stand far off.
 */
async function surprise(decoder: OpenDecoder, prompt: readonly number[], tokens: readonly number[]): Promise<number> {
  await decoder.reset();
  let [excess, variance] = [0, 0];
  for (const [step, token] of tokens.entries()) {
    const scores = await decoder.feed(step === 0 ? prompt : [tokens[step - 1]!]);
    const scaled = Float64Array.from(scores, (score) => score / DRAW.temperature);
    const shift = logSumExp(scaled);
    let [mean, square] = [0, 0];
    for (const value of scaled) {
      const logP = value - shift;
      mean += Math.exp(logP) * logP;
      square += Math.exp(logP) * logP * logP;
    }
    excess += scaled[token]! - shift - mean;
    variance += square - mean * mean;
  }
  return excess / Math.sqrt(variance);
}

/** Throws with the first token that differs. */
export function sameTokens(actual: readonly number[], expected: readonly number[], what: string): void {
  const at = expected.findIndex((token, i) => actual[i] !== token);
  if (at >= 0 || actual.length !== expected.length) {
    throw new Error(`${what} gives token ${actual[at]} at step ${at}, the generation ${expected[at]}`);
  }
}
