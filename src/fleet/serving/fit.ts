// Fits the parameters to measured points: least squares in logarithms, bounded loss, priors as further residuals.
// Levenberg–Marquardt with a numeric Jacobian; deterministic.
import { cholesky, solveCholesky } from './linear.ts';
import { PARAMETER_NAMES, PARAMETERS, type Parameters, toParameters } from './parameters.ts';
import { steadyState } from './steady.ts';
import type { Replica } from './step.ts';

export interface MeasuredReplica {
  readonly id: string;
  readonly replica: Replica;
  readonly concurrency: number;
  readonly tpotSeconds: number;
  readonly tokensPerGpu: number;
  /** Absent where the run does not tell it. */
  readonly ttftSeconds?: number | undefined;
}

/** Spreads at which a residual counts as one: engines differ by 9 % either way on the same run (480 groups of the silicon sample). */
const TPOT_SPREAD = 0.12;
/** Throughput holds the time to first token as well, which the closed form knows less of. */
const RATE_SPREAD = 0.2;
/** The time to first token itself is known to a factor at best; it says most of waiting and little of anything else. */
const TTFT_SPREAD = 1;
const ROUNDS = 25;

const STARTS = PARAMETER_NAMES.map((name) => Math.log(PARAMETERS[name].start));
const SDS = PARAMETER_NAMES.map((name) => PARAMETERS[name].sd);

export function fitParameters(points: readonly MeasuredReplica[]): Parameters {
  let logs = [...STARTS];
  let residuals = residualsAt(points, logs);
  let damping = 1e-2;
  for (let round = 0; round < ROUNDS; round++) {
    const step = dampedStep(points, logs, residuals, damping);
    const next = logs.map((value, i) => value - step[i]!);
    const nextResiduals = residualsAt(points, next);
    const [before, after] = [lossOf(residuals), lossOf(nextResiduals)];
    if (after < before) {
      [logs, residuals, damping] = [next, nextResiduals, damping / 5];
      if (before - after < 1e-5 * before) break;
    } else damping *= 8;
    if (damping > 1e8) break;
  }
  return toParameters(logs);
}

/** Pseudo-Huber: quadratic near 0, linear far out, so that a misreported run moves no parameter far. */
function bounded(residual: number): number {
  return Math.sign(residual) * Math.sqrt(2 * (Math.sqrt(1 + residual * residual) - 1));
}

function residualsAt(points: readonly MeasuredReplica[], logs: readonly number[]): number[] {
  const parameters = toParameters(logs);
  const data = points.flatMap(({ replica, concurrency, tpotSeconds, tokensPerGpu, ttftSeconds }) => {
    const predicted = steadyState(replica, concurrency, parameters);
    return [
      bounded(Math.log(predicted.tpotSeconds / tpotSeconds) / TPOT_SPREAD),
      bounded(Math.log(predicted.tokensPerGpu / tokensPerGpu) / RATE_SPREAD),
      ...(ttftSeconds ? [bounded(Math.log(predicted.ttftSeconds / ttftSeconds) / TTFT_SPREAD)] : []),
    ];
  });
  return [...data, ...logs.map((value, i) => (value - STARTS[i]!) / SDS[i]!)];
}

function lossOf(residuals: readonly number[]): number {
  return residuals.reduce((sum, r) => sum + r * r, 0);
}

/** (JᵀJ + damping diag(JᵀJ))⁻¹ Jᵀ r. */
function dampedStep(
  points: readonly MeasuredReplica[],
  logs: readonly number[],
  residuals: readonly number[],
  damping: number,
): number[] {
  const h = 1e-4;
  const columns = logs.map((_, i) => {
    const moved = residualsAt(
      points,
      logs.map((value, j) => (i === j ? value + h : value)),
    );
    return moved.map((r, k) => (r - residuals[k]!) / h);
  });
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
  const normal = columns.map((a, i) =>
    columns.map((b, j) => dot(a, b) * (i === j ? 1 + damping : 1) + (i === j ? 1e-12 : 0)),
  );
  return solveCholesky(
    cholesky(normal),
    columns.map((column) => dot(column, residuals)),
  );
}
