import { describe, expect, it } from 'vitest';
import { type BatchJob, runBatch } from './batch-run.ts';
import type { OpenDecoder } from './decoder-runtime.ts';

const VOCAB = 12;
/** Scores that choose the token one above the last, from a prompt of whatever length; behind 6 either 7 or 0. */
const scoresAfter = (token: number): Float32Array => {
  const row = new Float32Array(VOCAB);
  row[token + 1] = 1;
  if (token === 6) row[0] = 1;
  return row;
};
const referenceOf = (prompt: number[], steps = 3) => {
  const tokens = Array.from({ length: steps }, (_, i) => prompt.at(-1)! + 1 + i);
  return { name: 'script', prompt, tokens, logits: tokens.map((token) => scoresAfter(token - 1)) };
};
const promptOf = (tokens: number[]) => ({ tokens, reference: referenceOf(tokens) });
const [A, B] = [promptOf([1, 4]), promptOf([3, 7])];
const hooks = { signal: new AbortController().signal, phase() {} };
const rule = { logitError: 1e-3, meanKl: 1e-6, perplexity: 1e-3 };

type Made = BatchJob & { closed: boolean; asked: number[][][] };

function job(
  batch: number,
  write: (sequence: number, generation: number) => number[],
  prompts: BatchJob['prompts'] = [A, B],
): Made {
  const made = { closed: false, asked: [] as number[][][] };
  const decoder = {
    facts: { runtime: 'fake 1' },
    generateBatch: async ({ prompts: asked }: { prompts: number[][] }) => {
      made.asked.push(asked);
      return { tokens: asked.map((_, i) => write(i, made.asked.length - 1)), ttftNs: 50, gapsNs: [10, 30] };
    },
    reset() {},
    feed: async (tokens: readonly number[]) => scoresAfter(tokens.at(-1)!),
    gpuBytes: () => 9,
    close: async () => {
      made.closed = true;
    },
  } as unknown as OpenDecoder;
  return Object.assign(made, { open: async () => decoder, batch, newTokens: 3, repeats: 2, prompts, rule });
}

const right = (i: number): number[] => [...(i % 2 === 0 ? A : B).reference.tokens];
const names = (warnings: readonly { name: string }[]): string[] => warnings.map(({ name }) => name);

describe('runBatch', () => {
  it('gives the sequences the prompts in turn, and counts the tokens of all of them', async () => {
    const made = job(3, right);
    const { state, metrics, verification, warnings } = await runBatch(made, hooks);
    expect(made.asked[0]).toEqual([A.tokens, B.tokens, A.tokens]);
    expect(made.asked).toHaveLength(3);
    expect(state).toBe('ok');
    expect(verification).toMatchObject({ state: 'passed', checked: 9, total: 9, figures: { topAgreement: 1 } });
    expect(names(warnings)).toEqual(['few-samples']);
    const byName = Object.fromEntries(metrics.map((metric) => [metric.name, metric]));
    expect(byName['decode-rate']).toMatchObject({
      samples: [15e7, 15e7],
      warmup: [15e7],
      definition: 'decode-rate/batch-sum',
    });
    expect(byName.gap!.samples).toEqual([10, 30, 10, 30]);
    expect(made.closed).toBe(true);
  });

  it('one wrong token of one sequence fails it, and is named', async () => {
    const write = (i: number): number[] => (i === 1 ? [8, 9, 0] : right(i));
    const { state, reason, verification } = await runBatch(job(3, write), hooks);
    expect(state).toBe('failed');
    expect(reason).toContain('sequence 1, step 2: a timed generation gave token 0, reference 10');
    expect(verification!.firstWrong).toMatchObject({ step: 2, token: 0, reference: 10 });
    expect(verification!.figures.topAgreement).toBeCloseTo(8 / 9, 12);
  });

  it('equal prompts give equal tokens', async () => {
    const { state, reason } = await runBatch(
      job(3, (i) => (i === 2 ? [5, 6, 0] : right(i))),
      hooks,
    );
    expect(state).toBe('failed');
    expect(reason).toContain('sequence 2, step 2: token 0, sequence 0 of the same prompt 7');
  });

  it('another token at a near-tie is excused, what comes after it is not', async () => {
    const tied = (last: number) => job(2, (i) => (i === 0 ? [5, 6, 0, last] : [8, 9, 10, 11]));
    const four = (made: Made): Made =>
      Object.assign(made, {
        newTokens: 4,
        prompts: [A, B].map(({ tokens }) => ({ tokens, reference: referenceOf([...tokens], 4) })),
      });
    const excused = await runBatch(four(tied(1)), hooks);
    expect(excused).toMatchObject({ state: 'ok', verification: { state: 'passed', figures: { ownChoices: 2 } } });
    const wrong = await runBatch(four(tied(5)), hooks);
    expect(wrong.reason).toContain('sequence 0, step 3: a timed generation gave token 5, its own scores choose 1');
  });

  it('says where nothing vouches for the answers, or only for a part, and checks the rest by its own scores', async () => {
    const missing = { missing: 'too large for f64' };
    const bare = [A, B].map(({ tokens }) => ({ tokens, reference: missing }));
    const none = await runBatch(job(2, right, bare), hooks);
    expect(none).toMatchObject({ state: 'ok', verification: { state: 'none', rule: missing.missing, checked: 0 } });
    expect(names(none.warnings)).toEqual(['unverified-model', 'few-samples']);
    expect(
      (
        await runBatch(
          job(2, (i) => (i === 0 ? [5, 6, 1] : right(i)), bare),
          hooks,
        )
      ).state,
    ).toBe('failed');

    const short = [A, B].map(({ tokens }) => ({ tokens, reference: referenceOf([...tokens], 1) }));
    const part = await runBatch(job(2, right, short), hooks);
    expect(part).toMatchObject({ state: 'ok', verification: { state: 'passed', checked: 2, total: 6 } });
    expect(part.verification!.figures).toEqual({ topAgreement: 1, ownChoices: 4 });
    expect(names(part.warnings)).toEqual(['partial-check', 'few-samples']);

    const one = await runBatch(job(2, right, [A, bare[1]!]), hooks);
    expect(names(one.warnings)).toEqual(['partial-check', 'few-samples']);
    const cut = [A, B].map(({ tokens }) => ({ tokens, reference: { ...referenceOf([...tokens]), prompt: [1] } }));
    const { verification, warnings } = await runBatch(job(2, right, cut), hooks);
    expect(verification).toMatchObject({ state: 'none', checked: 0, figures: { ownChoices: 6 } });
    expect(names(warnings)).toEqual(['partial-check', 'few-samples']);
  });

  it('generations that differ are not repeatable', async () => {
    const bare = [A, B].map(({ tokens }) => ({ tokens, reference: { missing: 'none' } }));
    const write = (i: number, generation: number): number[] => (i === 0 && generation === 1 ? [5, 6, 0] : right(i));
    const { state, warnings } = await runBatch(job(2, write, bare), hooks);
    expect(state).toBe('ok');
    expect(names(warnings)).toEqual(['unverified-model', 'not-repeatable', 'few-samples']);
  });
});
