import { describe, expect, it } from 'vitest';
import { type ReferenceRun, verifyForced } from './forced-decoding.ts';
import type { TokenFeeder } from './generate.ts';

/** Gives scripted logits and remembers what it was fed. */
function scripted(rows: readonly number[][]): TokenFeeder & { readonly fed: number[][] } {
  const fed: number[][] = [];
  return {
    fed,
    reset: () => fed.splice(0),
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
const verify = (given: readonly number[][], tolerance = 0.01) =>
  verifyForced(scripted(given), reference, tolerance, signal);

describe('forced decoding', () => {
  it("feeds the prompt, then the reference's tokens, not the tested decoder's own", async () => {
    const feeder = scripted([[0, 0, 9, 0], rows[1]!]);
    await verifyForced(feeder, reference, 0.01, signal);
    expect(feeder.fed).toEqual([[7, 8, 9], [0]]);
  });

  it('equal logits pass with full agreement', async () => {
    expect(await verify(rows)).toMatchObject({
      state: 'passed',
      checked: 2,
      total: 2,
      figures: { topAgreement: 1, largestLogitError: 0, largestRelativeError: 0 },
    });
  });

  it('an error over the bound fails and names the first such step', async () => {
    const outcome = await verify([rows[0]!, [-1, Math.SQRT2, 0.02, 1]]);
    expect(outcome.state).toBe('failed');
    expect(outcome.detail).toMatch(/^step 1: token 1, reference 1.*\n.*\|Δlogit\| 0\.0200, allowed 0\.0100/);
    expect(outcome.figures.topAgreement).toBe(1);
  });

  it('another token passes when the reference itself was as undecided as the error allows', async () => {
    const outcome = await verify([[0.999, -1, 1, 0.998], rows[1]!]);
    expect(outcome).toMatchObject({ state: 'passed', figures: { topAgreement: 0.5 } });
    expect(outcome.detail).toMatch(/step 0: token 2, reference 0/);
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY]])('a logit of %d fails, with finite figures', async (value) => {
    const outcome = await verify([[1, -1, 1, value], rows[1]!]);
    expect(outcome.state).toBe('failed');
    expect(Object.values(outcome.figures).every(Number.isFinite)).toBe(true);
  });

  it('stops at the signal', async () => {
    const aborted = AbortSignal.abort();
    await expect(verifyForced(scripted(rows), reference, 0.01, aborted)).rejects.toThrow(/abort/i);
  });
});
