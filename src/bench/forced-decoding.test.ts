import { describe, expect, it } from 'vitest';
import { type Forcing, type ReferenceRun, verifyForced } from './forced-decoding.ts';
import type { TokenFeeder } from './generate.ts';

/** Gives scripted logits and remembers what it was fed. */
function scripted(rows: readonly number[][]): TokenFeeder & { readonly fed: number[][] } {
  const fed: number[][] = [];
  return {
    fed,
    reset: () => void fed.splice(0),
    feed: async (tokens) => {
      fed.push([...tokens]);
      return Float32Array.from(rows[fed.length - 1]!);
    },
  };
}

// Root mean square of each row is 1.
const rows = [
  [1, -1, 1, 1],
  [-1, Math.SQRT2, 0, 1],
];
const reference: ReferenceRun = {
  name: 'script',
  prompt: [7, 8, 9],
  tokens: [0, 1],
  logits: rows.map((row) => Float32Array.from(row)),
};
const { signal } = new AbortController();
const rule = { logitError: 0.01, meanKl: 1e-3, perplexity: 1e-3 };
const verify = (given: readonly number[][], change: Partial<Forcing> = {}) =>
  verifyForced(scripted(given), { reference, rule, signal, ...change });

describe('forced decoding', () => {
  it("feeds the prompt, then the reference's tokens, not the tested decoder's own", async () => {
    const feeder = scripted([[0, 0, 9, 0], rows[1]!]);
    await verifyForced(feeder, { reference, rule, signal });
    expect(feeder.fed).toEqual([[7, 8, 9], [0]]);
  });

  it('equal logits pass with full agreement', async () => {
    expect(await verify(rows)).toMatchObject({
      state: 'passed',
      checked: 2,
      total: 2,
      figures: { topAgreement: 1, meanKl: 0, largestLogitError: 0, largestRelativeError: 0 },
    });
  });

  it('the mean divergence of the steps has a bound of its own', async () => {
    const given = [rows[0]!, [-1, Math.SQRT2, 0, 1.009]];
    const outcome = await verify(given);
    expect(outcome.state).toBe('passed');
    // By hand: Σ p·(log p − log q) of the second step; the first has none.
    const soft = (row: readonly number[]) => row.map((x) => Math.exp(x) / row.reduce((s, y) => s + Math.exp(y), 0));
    const [p, q] = [soft(rows[1]!), soft(given[1]!)];
    const kl = p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]!), 0);
    expect(outcome.figures.meanKl).toBeCloseTo(kl / 2, 8);
    const strict = await verify(given, { rule: { ...rule, meanKl: kl / 4 } });
    expect(strict.state).toBe('failed');
    expect(strict.detail).toMatch(/^mean KL .* nats, allowed/);
    expect(strict.firstWrong).toBeUndefined();
  });

  it('log-probabilities agree with logits that differ by a constant', async () => {
    const shifted = rows.map((row) => {
      const sum = Math.log(row.reduce((total, x) => total + Math.exp(x), 0));
      return row.map((x) => x - sum);
    });
    expect((await verify(shifted, { scores: 'log-probabilities' })).state).toBe('passed');
    expect((await verify(shifted)).state).toBe('failed');
  });

  it('an error over the bound fails and names the first such step', async () => {
    const outcome = await verify([rows[0]!, [-1, Math.SQRT2, 0.02, 1]]);
    expect(outcome.state).toBe('failed');
    expect(outcome.detail).toMatch(/^step 1: token 1, reference 1.*\n.*\|Δlogit\| 0\.0200, allowed 0\.0100/);
    expect(outcome.figures.topAgreement).toBe(1);
  });

  it('names the first wrong token too when a step before it had fallen out of bounds', async () => {
    const outcome = await verify([
      [1, -1, 1.5, 0.9],
      [1, 0, 0, 0],
    ]);
    expect(outcome.detail).toMatch(/^step 0: token 2, reference 0/);
    const later = await verify([
      [1.5, -1, 1, 1],
      [1, 0, 0, 0],
    ]);
    expect(later.detail).toMatch(
      /^step 0: token 0, reference 0.*\n.*\nfirst wrong token: step 1: token 0, reference 1 \(its margin 2\.41\)/,
    );
    expect(later.firstWrong).toMatchObject({ step: 1, token: 0, reference: 1 });
  });

  it('another token passes when the reference itself was as undecided as the error allows', async () => {
    const outcome = await verify([[0.999, -1, 1, 0.998], rows[1]!]);
    expect(outcome).toMatchObject({ state: 'passed', figures: { topAgreement: 0.5 } });
    expect(outcome.detail).toMatch(/step 0: token 2, reference 0/);
    expect(outcome.firstWrong).toEqual({ step: 0, token: 2, reference: 0, margin: 0 });
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY]])('a logit of %d fails, with finite figures', async (value) => {
    const outcome = await verify([[1, -1, 1, value], rows[1]!]);
    expect(outcome.state).toBe('failed');
    expect(Object.values(outcome.figures).every(Number.isFinite)).toBe(true);
  });

  it('stops at the signal', async () => {
    const aborted = AbortSignal.abort();
    await expect(verify(rows, { signal: aborted })).rejects.toThrow(/abort/i);
  });
});
