import { describe, expect, it, vi } from 'vitest';
import { runDecoder } from './decoder-run.ts';
import type { OpenDecoder, Sampling } from './decoder-runtime.ts';
import type { PowerSource } from './energy.ts';
import type { ReferenceRun } from './forced-decoding.ts';
import { checkTimedTokens, type TimedTokens } from './timed-tokens.ts';

const VOCAB = 4;
const rule = { logitError: 0.01, meanKl: 1e-3, perplexity: 1e-3 };
const { signal } = new AbortController();

/** Scores after a token: 2 behind 0, 1 behind 2 and, by a hair, 3 behind 1. Near-tied with 0 there. */
const AFTER: Readonly<Record<number, readonly number[]>> = {
  0: [0, 0, 5, 0],
  1: [4.999, 0, 0, 5],
  2: [0, 5, 0, 0],
  3: [0, 0, 5, 0],
};

/** A decoder of those scores; `nudge` is added to token 0's, as another rounding would. */
function feeder(nudge = 0) {
  const fed: number[] = [];
  return {
    fed,
    reset: () => void fed.splice(0),
    feed: async (tokens: readonly number[]) => {
      fed.push(...tokens);
      const row = Float32Array.from(AFTER[tokens.at(-1)!]!);
      row[0] = row[0]! + nudge;
      return row;
    },
  };
}

const follow = (tokens: readonly number[]): Float64Array[] =>
  [0, ...tokens.slice(0, -1)].map((token) => Float64Array.from(AFTER[token]!));
const reference: ReferenceRun = {
  name: 'script',
  prompt: [3, 0],
  tokens: [2, 1, 3, 2, 1],
  logits: follow([2, 1, 3, 2, 1]),
};
/** What the near-tie at step 2 allows as well. */
const OTHER = [2, 1, 0, 2, 1];
const check = (generations: number[][], change: Partial<TimedTokens> = {}, decoder = feeder()) =>
  checkTimedTokens(decoder, { prompt: [3, 0], newTokens: 5, generations, reference, rule, signal, ...change });

describe('checkTimedTokens', () => {
  it('the reference’s own text asks nothing more of the decoder', async () => {
    const decoder = feeder();
    expect(await check([[...reference.tokens]], {}, decoder)).toEqual({ ownChoices: 0, fault: null });
    expect(decoder.fed).toEqual([]);
  });

  it('another text from a near-tie on is held to the decoder’s own scores, each token once', async () => {
    const decoder = feeder();
    expect(await check([OTHER, OTHER], {}, decoder)).toEqual({ ownChoices: 3, fault: null });
    expect(decoder.fed).toEqual([3, 0, ...OTHER.slice(0, -1)]);
  });

  it('a wrong token after the near-tie fails, and is named', async () => {
    const { fault } = await check([[2, 1, 0, 2, 3]]);
    expect(fault!.detail).toBe('step 4: a timed generation gave token 3, its own scores choose 1');
    expect((await check([[2, 1, 0, VOCAB, 1]])).fault!.detail).toContain('step 3');
  });

  it('a wrong token before it fails by the reference', async () => {
    const { fault } = await check([[2, 0, 0, 2, 1]]);
    expect(fault!.detail).toContain('step 1: a timed generation gave token 0, reference 1');
    expect(fault!.firstWrong).toEqual({ step: 1, token: 0, reference: 1, margin: 5 });
  });

  it('a second text is looked at as the first', async () => {
    expect((await check([[...reference.tokens], [2, 1, 3, 2, 0]])).fault!.detail).toContain('step 4');
  });

  it('a reference of fewer tokens, or none, leaves the rest to the decoder’s own scores', async () => {
    const part = { ...reference, tokens: [2, 1], logits: reference.logits.slice(0, 2) };
    expect(await check([[...reference.tokens]], { reference: part })).toEqual({ ownChoices: 3, fault: null });
    expect(await check([OTHER], { reference: null })).toEqual({ ownChoices: 5, fault: null });
    expect((await check([[2, 1, 3, 2, 2]], { reference: null })).fault!.detail).toContain('step 4');
  });

  it('a reference that goes on past what was asked is followed as far as that', async () => {
    expect(await check([[2, 1, 3]], { newTokens: 3 })).toEqual({ ownChoices: 0, fault: null });
  });

  it('a text of another length fails', async () => {
    expect((await check([[2, 1, 3]])).fault!.detail).toBe('a timed generation gave 3 tokens of 5');
  });

  it('scores that are not numbers fail', async () => {
    expect((await check([OTHER], {}, feeder(Number.NaN))).fault).not.toBeNull();
  });
});

describe('runDecoder', () => {
  const samplings: Sampling[] = [];
  const run = (
    tokens: number[],
    nudge: number,
    asked: ReferenceRun | { missing: string } = reference,
    draws: { temperature: number; seed: number } | null = null,
    power?: PowerSource,
  ) => {
    const decoder = {
      ...feeder(nudge),
      ...{ facts: { runtime: 'fake 1' }, vocab: VOCAB, positions: null, opening: { loadNs: 1, initNs: null } },
      generate: async ({ sampling }: { sampling: Sampling }) => {
        samplings.push(sampling);
        if (vi.isFakeTimers()) vi.advanceTimersByTime(500);
        return { tokens, prefillNs: null, ttftNs: 1, gapsNs: [1, 1, 1, 1] };
      },
      gpuBytes: () => null,
      close: async () => {},
    } as unknown as OpenDecoder;
    return runDecoder(
      {
        abilities: {
          ...{ abort: true, allLogits: false, batch: 1, memory: false, deviceSampling: false, operationTimes: false },
          scores: 'logits',
        } as never,
        open: async () => decoder,
        ...{
          prompt: [3, 0],
          newTokens: 5,
          repeats: 1,
          reference: asked,
          rule,
          draws,
          heldout: null,
          detokenise: null,
        },
        heapBytes: () => null,
        power,
      },
      { signal, phase() {} },
    );
  };

  it('a near-tie in the forced steps does not hide a wrong timed token behind it', async () => {
    // The nudge makes forced decoding choose 0 at step 2, as the timed text does.
    const right = await run(OTHER, 0.002);
    expect(right).toMatchObject({ state: 'ok', verification: { state: 'passed', figures: { ownChoices: 3 } } });
    expect(right.verification!.figures.topAgreement).toBe(0.8);
    const wrong = await run([2, 1, 0, 2, 3], 0.002);
    expect(wrong.state).toBe('failed');
    expect(wrong.reason).toBe(
      'disagrees with script: step 4: a timed generation gave token 3, its own scores choose 1',
    );
  });

  it('without a reference a decoder still has to agree with itself', async () => {
    const missing = { missing: 'nobody knows this model' };
    const right = await run(OTHER, 0, missing);
    expect(right).toMatchObject({ state: 'ok', verification: { state: 'none' } });
    expect(right.warnings.map(({ name }) => name)).toContain('unverified-model');
    expect(await run([2, 1, 0, 2, 3], 0, missing)).toMatchObject({
      state: 'failed',
      reason: 'disagrees with itself: step 4: a timed generation gave token 3, its own scores choose 1',
    });
  });

  it('draws with the seed, and holds what was drawn to the scores instead of to the greedy text', async () => {
    const draws = { temperature: 1, seed: 9 };
    // Every row but one leaves its largest score almost all of the softmax.
    const right = await run(OTHER, 0, reference, draws);
    expect(samplings.at(-1)).toEqual({ kind: 'temperature', ...draws });
    expect(right).toMatchObject({ state: 'ok', facts: { temperature: 1, drawSeed: 9 } });
    expect(right.verification!.figures.drawDeviations).toBeLessThan(2);
    expect(right.verification!.figures.ownChoices).toBeUndefined();
    const wrong = await run([0, 0, 0, 0, 0], 0, reference, draws);
    expect(wrong.reason).toMatch(/drawn tokens stand .* deviations from what its scores foretell/);
  });

  it('measures the energy of the generations it timed: drawn ones where tokens are drawn', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      samplings.length = 0;
      const draws = { temperature: 1, seed: 9 };
      const silent = () => ({ source: 'meter', samples: [], close() {} });
      const { facts } = await run(OTHER, 0, reference, draws, silent);
      expect(facts.energy).toBe('not measured: meter gave too few samples in 1 s');
      expect(samplings.length).toBeGreaterThan(4);
      expect(new Set(samplings.map((sampling) => sampling.kind))).toEqual(new Set(['temperature']));
    } finally {
      vi.useRealTimers();
    }
  });
});
