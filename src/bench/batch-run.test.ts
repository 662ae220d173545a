import { describe, expect, it } from 'vitest';
import { type BatchJob, runBatch } from './batch-run.ts';
import type { OpenDecoder } from './decoder-runtime.ts';

const reference = (tokens: number[]) => ({ name: 'script', prompt: [1], tokens, logits: [] });
const [A, B] = [
  { tokens: [1, 2], reference: reference([5, 6, 7]) },
  { tokens: [3, 4], reference: reference([8, 9, 10]) },
];
const hooks = { signal: new AbortController().signal, phase() {} };

function job(
  batch: number,
  write: (sequence: number) => number[],
): BatchJob & { closed: boolean; asked: number[][][] } {
  const made = { closed: false, asked: [] as number[][][] };
  const decoder = {
    facts: { runtime: 'fake 1' },
    generateBatch: async ({ prompts }: { prompts: number[][] }) => {
      made.asked.push(prompts);
      return { tokens: prompts.map((_, i) => write(i)), ttftNs: 50, gapsNs: [10, 30] };
    },
    gpuBytes: () => 9,
    close: async () => {
      made.closed = true;
    },
  } as unknown as OpenDecoder;
  return Object.assign(made, { open: async () => decoder, batch, newTokens: 3, repeats: 2, prompts: [A, B] });
}

const right = (i: number): number[] => [...(i % 2 === 0 ? A : B).reference.tokens];

describe('runBatch', () => {
  it('gives the sequences the prompts in turn, and counts the tokens of all of them', async () => {
    const made = job(3, right);
    const { state, metrics, verification } = await runBatch(made, hooks);
    expect(made.asked[0]).toEqual([A.tokens, B.tokens, A.tokens]);
    expect(made.asked).toHaveLength(3);
    expect(state).toBe('ok');
    expect(verification).toMatchObject({ state: 'passed', checked: 9, total: 9, figures: { topAgreement: 1 } });
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
    const { state, reason, verification } = await runBatch(
      job(3, (i) => (i === 2 ? [5, 6, 0] : right(i))),
      hooks,
    );
    expect(state).toBe('failed');
    expect(reason).toContain('sequence 2, step 2: token 0, reference 7');
    expect(verification!.firstWrong).toMatchObject({ step: 2, token: 0, reference: 7 });
    expect(verification!.figures.topAgreement).toBeCloseTo(8 / 9, 12);
  });
});
