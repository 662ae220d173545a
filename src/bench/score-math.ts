// Log-probabilities and what follows from two rows of scores: divergence, loss. Numbers in, numbers out.
import { largest } from './generate.ts';

/** log Σ exp(scores), without overflow. */
export function logSumExp(scores: ArrayLike<number>): number {
  const top = scores[largest(scores)]!;
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += Math.exp(scores[i]! - top);
  return top + Math.log(sum);
}

/** KL(reference ‖ actual) of the two softmaxes, nats, never below zero; NaN where a score is. */
export function divergence(reference: ArrayLike<number>, actual: ArrayLike<number>): number {
  const [base, other] = [logSumExp(reference), logSumExp(actual)];
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    const logP = reference[i]! - base;
    const p = Math.exp(logP);
    if (p > 0) sum += p * (logP - (actual[i]! - other));
  }
  return sum < 0 ? 0 : sum;
}

/** −log softmax(scores)[token], nats. */
export function lossOf(scores: ArrayLike<number>, token: number): number {
  return logSumExp(scores) - scores[token]!;
}

/** A result file holds only finite numbers: what has overflowed is shown as the largest f32. */
export function finite(value: number): number {
  return Number.isFinite(value) ? value : 3.4e38;
}
