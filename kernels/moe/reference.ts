// Mixture of experts in f64, from the very numbers the GPU reads. Knows no shader.
import { dequantised } from '../../src/core/quantised.ts';
import { createRng, shuffled } from '../../src/core/rng.ts';
import { halfAt } from '../common/halves.ts';
import type { MatrixType } from '../common/weights.ts';
import type { HostArray } from '../family.ts';

export type Gate = 'softmax' | 'top' | 'sigmoid';

/** `top` different experts a token, [token][top], the same for the same shape. */
export function drawExperts(tokens: number, experts: number, top: number): Uint32Array<ArrayBuffer> {
  const rng = createRng(11, tokens);
  const all = Array.from({ length: experts }, (_, i) => i);
  return Uint32Array.from(Array.from({ length: tokens }, () => shuffled(all, rng).slice(0, top)).flat());
}

/** A token's experts by logit, best first, the lowest of equals; NaN last. */
export function rankExperts(logits: ArrayLike<number>, top: number): number[] {
  const order = (i: number): number => (Number.isNaN(logits[i]!) ? Number.NEGATIVE_INFINITY : logits[i]!);
  const all = Array.from({ length: logits.length }, (_, i) => i);
  const isNumber = (i: number): number => Number(!Number.isNaN(logits[i]!));
  const byLogit = (a: number, b: number): number => (order(b) > order(a) ? 1 : order(b) < order(a) ? -1 : 0);
  return all.sort((a, b) => byLogit(a, b) || isNumber(b) - isNumber(a) || a - b).slice(0, top);
}

/** Their weights: softmax over all experts as it stands, softmax over the chosen, or logistic over its sum among them. */
export function gateWeights(logits: ArrayLike<number>, chosen: readonly number[], gate: Gate): number[] {
  const peak = Math.max(...Array.from(logits));
  const power = (i: number): number =>
    gate === 'sigmoid' ? 1 / (1 + Math.exp(-logits[i]!)) : Math.exp(logits[i]! - peak);
  const summed = gate === 'softmax' ? Array.from(logits, (_, i) => i) : chosen;
  const total = summed.reduce((sum, i) => sum + power(i), 0);
  return chosen.map((i) => power(i) / total);
}

/** Reads W[row][column] from a plan's inputs as a kernel must. */
export function weightReader(
  type: MatrixType,
  rows: number,
  k: number,
  inputs: Readonly<Record<string, HostArray>>,
): (row: number, column: number) => number {
  const weights = inputs.weights!;
  if (type === 'f32') return (row, column) => weights[row * k + column]!;
  if (type === 'f16') return (row, column) => halfAt(weights, row * k + column);
  const [quants, scales] = [weights, inputs.scales!] as Uint32Array<ArrayBuffer>[];
  const quantised = { type, rows, k, quants: quants!, scales: scales! };
  return (row, column) => dequantised(quantised, row, column);
}
