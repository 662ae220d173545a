// What the formula misses, by label: a Gaussian model of log residuals with one random offset per model, per model and
// generation, per engine and so on. An unseen label keeps its prior spread, so that a prediction for new hardware is wider.
import { cholesky, solveCholesky } from './linear.ts';

/** Value of each kind of label, e.g. { model: 'gpt-oss-120b', engine: 'vllm' }. */
export type Labels = Readonly<Record<string, string>>;
/** Standard deviation of an offset before data, by kind of label (log scale). */
export type Spreads = Readonly<Record<string, number>>;

export interface Residual {
  readonly labels: Labels;
  /** log(measured / predicted by formula). */
  readonly value: number;
  /** Standard deviation that no label explains (log scale). */
  readonly noise: number;
}

export interface Estimate {
  readonly mean: number;
  /** Standard deviation of what the labels leave open; noise comes on top. */
  readonly sd: number;
}

export interface Offsets {
  /** Mean of residuals with these labels, and how well it is known. */
  readonly at: (labels: Labels) => Estimate;
  /** For each given residual: (value − its mean from all the others) / (spread of that difference, noise included). */
  readonly leftOut: readonly number[];
}

/** A residual counts for no more than `largest` in an offset: beyond it the run is taken as misreported, not as typical. */
export function fitOffsets(residuals: readonly Residual[], spreads: Spreads, largest: number): Offsets {
  const values = residuals.map(({ value }) => Math.max(-largest, Math.min(largest, value)));
  const covariance = residuals.map((a, i) =>
    residuals.map((b, j) => shared(a.labels, b.labels, spreads) + (i === j ? a.noise ** 2 : 0)),
  );
  const lower = cholesky(covariance);
  const weights = solveCholesky(lower, values);
  const prior = Object.values(spreads).reduce((sum, spread) => sum + spread ** 2, 0);
  return {
    at(labels) {
      const row = residuals.map((residual) => shared(labels, residual.labels, spreads));
      const explained = dot(row, solveCholesky(lower, row));
      return { mean: dot(row, weights), sd: Math.sqrt(Math.max(0, prior - explained)) };
    },
    leftOut: residuals.map(({ value }, i) => {
      const unit = residuals.map((_, j) => (i === j ? 1 : 0));
      const precision = solveCholesky(lower, unit)[i]!;
      const mean = values[i]! - weights[i]! / precision;
      return (value - mean) * Math.sqrt(precision);
    }),
  };
}

function shared(a: Labels, b: Labels, spreads: Spreads): number {
  let sum = 0;
  for (const kind in spreads) if (a[kind] === b[kind]) sum += spreads[kind]! ** 2;
  return sum;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
