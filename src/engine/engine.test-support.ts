// What the engine's GPU tests share: seeded decoders beside their f64 reference.
import { ReferenceDecoder } from '../../models/onnx/decoder-reference.ts';
import { referenceWeights } from '../../models/onnx/seeded-weights.ts';
import type { WeightSource } from '../../models/weight-source.ts';

export async function referenceOf(source: WeightSource, positions = 64): Promise<ReferenceDecoder> {
  return new ReferenceDecoder(source.config, await referenceWeights(source), positions);
}

/** Greedy tokens of the reference behind a prompt. */
export async function greedyTokens(source: WeightSource, prompt: readonly number[], count: number): Promise<number[]> {
  const reference = await referenceOf(source, prompt.length + count);
  let logits = new Float64Array();
  for (const token of prompt) logits = reference.next(token) as Float64Array<ArrayBuffer>;
  const tokens = [];
  for (let i = 0; i < count; i++) {
    tokens.push(logits.indexOf(Math.max(...logits)));
    if (i + 1 < count) logits = reference.next(tokens.at(-1)!) as Float64Array<ArrayBuffer>;
  }
  return tokens;
}

export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  return worst;
}
