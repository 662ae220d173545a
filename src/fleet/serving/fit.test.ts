import { describe, expect, it } from 'vitest';
import { fitParameters, type MeasuredReplica } from './fit.ts';
import { cholesky, solveCholesky } from './linear.ts';
import { PRIOR_PARAMETERS } from './parameters.ts';
import { measuredPoints } from './points.ts';
import { measuredReplicaOf } from './question.ts';
import { steadyState } from './steady.ts';

/** The measured layouts with outcomes computed from known parameters. */
const TRUTH = {
  ...PRIOR_PARAMETERS,
  memory: 0.85,
  compute: 0.5,
  layer: 45e-6,
  vllmStep: 1.2,
  sglangStep: 0.85,
  narrowGain: 0.5,
};
const synthetic: MeasuredReplica[] = measuredPoints()
  .flatMap((point) => measuredReplicaOf(point) ?? [])
  .map((measured) => {
    const { tpotSeconds, tokensPerGpu } = steadyState(measured.replica, measured.concurrency, TRUTH);
    return { ...measured, tpotSeconds, tokensPerGpu };
  });

function worstError(points: readonly MeasuredReplica[], fitted: typeof PRIOR_PARAMETERS): number {
  const errors = points.map(({ replica, concurrency, tpotSeconds }) =>
    Math.abs(Math.log(steadyState(replica, concurrency, fitted).tpotSeconds / tpotSeconds)),
  );
  return Math.max(...errors);
}

describe('fitParameters', () => {
  it('finds parameters that reproduce noiseless runs', () => {
    const fitted = fitParameters(synthetic);
    expect(worstError(synthetic, PRIOR_PARAMETERS)).toBeGreaterThan(0.3);
    expect(worstError(synthetic, fitted)).toBeLessThan(0.05);
    expect(Math.abs(Math.log(fitted.layer / TRUTH.layer))).toBeLessThan(0.15);
    expect(fitted.vllmStep).toBeCloseTo(TRUTH.vllmStep, 1);
  });

  it('is moved little by a few misreported runs', () => {
    const spoilt = synthetic.map((point, i) =>
      i % 40 === 0 ? { ...point, tpotSeconds: point.tpotSeconds * 6 } : point,
    );
    expect(worstError(synthetic, fitParameters(spoilt))).toBeLessThan(0.12);
  });

  it('returns the priors without points', () => {
    const fitted = fitParameters([]);
    for (const [name, value] of Object.entries(PRIOR_PARAMETERS)) {
      expect(fitted[name as keyof typeof fitted] / value).toBeCloseTo(1, 9);
    }
  });
});

describe('solveCholesky', () => {
  it('solves a small system', () => {
    const matrix = [
      [4, 2, 0],
      [2, 5, 3],
      [0, 3, 6],
    ];
    const x = solveCholesky(cholesky(matrix), [2, -1, 6]);
    const back = matrix.map((row) => row.reduce((sum, a, i) => sum + a * x[i]!, 0));
    expect(back[0]).toBeCloseTo(2, 12);
    expect(back[1]).toBeCloseTo(-1, 12);
    expect(back[2]).toBeCloseTo(6, 12);
  });

  it('refuses what is not positive definite', () => {
    expect(() =>
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow('not positive definite');
  });
});
