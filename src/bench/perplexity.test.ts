import { describe, expect, it } from 'vitest';
import type { VerificationOutcome } from './outcome.ts';
import { textLoss, withPerplexity } from './perplexity.ts';
import { divergence, lossOf } from './score-math.ts';

/** Foretells the token after t as t + 1 with probability ½, any other of four with a sixth. */
const scores = (token: number): number[] =>
  [0, 1, 2, 3].map((next) => Math.log(next === (token + 1) % 4 ? 0.5 : 1 / 6) + 9);
const { signal } = new AbortController();
const text = {
  label: 'script',
  windows: [
    [0, 1, 2],
    [3, 1],
  ],
};
/** Two right guesses and a wrong one. */
const expected = Math.exp((2 * Math.log(2) + Math.log(6)) / 3);

describe('textLoss', () => {
  it('foretells every token of a window but its first, token by token, emptying the context before each window', async () => {
    let resets = 0;
    const fed: number[] = [];
    const decoder = {
      reset: () => {
        resets++;
      },
      feed: async (tokens: readonly number[]) => {
        fed.push(...tokens);
        return Float32Array.from(scores(tokens[0]!));
      },
    };
    const { perplexity, tokens } = await textLoss(decoder, text, signal);
    expect(fed).toEqual([0, 1, 3]);
    expect(resets).toBe(2);
    expect(tokens).toBe(3);
    expect(perplexity).toBeCloseTo(expected, 5);
  });

  it('gives the same in one pass a window', async () => {
    const score = async (tokens: readonly number[]) => Float32Array.from(tokens.flatMap(scores));
    const decoder = { reset() {}, feed: () => Promise.reject(new Error('not asked')), score };
    const fractions: number[] = [];
    const loss = await textLoss(decoder, text, signal, (fraction) => fractions.push(fraction));
    expect(loss.perplexity).toBeCloseTo(expected, 5);
    expect(fractions).toEqual([0.5, 1]);
  });
});

describe('withPerplexity', () => {
  const passed: VerificationOutcome = { state: 'passed', rule: 'forced', checked: 1, total: 1, figures: {} };
  const judge = (perplexity: number, reference: number | null) =>
    withPerplexity(passed, { perplexity, tokens: 9 }, { label: 'script', reference, allowed: 1e-3 });

  it('passes within its share of the reference, and keeps both figures', () => {
    expect(judge(4.003, 4)).toMatchObject({
      state: 'passed',
      perplexity: { value: 4.003, reference: 4, tokens: 9, text: 'script' },
      rule: "forced; perplexity within 0.1 % of the reference's",
    });
  });

  it('fails beyond it, whichever way', () => {
    for (const value of [4.005, 3.995, Number.NaN]) {
      const outcome = judge(value, 4);
      expect(outcome.state).toBe('failed');
      expect(outcome.detail).toMatch(/^perplexity .*, reference 4\.0000 on the same 9 tokens$/);
      expect(Number.isFinite(outcome.perplexity!.value)).toBe(true);
    }
  });

  it('without a reference it is only told', () => {
    expect(judge(99, null)).toMatchObject({ state: 'passed', rule: 'forced', perplexity: { value: 99 } });
  });
});

describe('score math', () => {
  it('a loss is −log of the probability, also of scores that would overflow', () => {
    expect(lossOf([1000, 1000 + Math.log(3)], 0)).toBeCloseTo(Math.log(4), 10);
  });

  it('divergence is that of the two distributions, by hand', () => {
    const [p, q] = [
      [0.5, 0.5],
      [0.9, 0.1],
    ];
    const kl = 0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1);
    expect(
      divergence(
        p.map(Math.log),
        q.map((x) => Math.log(x) + 5),
      ),
    ).toBeCloseTo(kl, 12);
    expect(divergence([1, 2], [Number.NaN, 2])).toBeNaN();
  });
});
