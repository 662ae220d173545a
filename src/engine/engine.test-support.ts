// What the engine's GPU tests share: seeded decoders beside their f64 reference.

import type { MatrixType } from '../../kernels/common/weights.ts';
import { ReferenceDecoder } from '../../models/onnx/decoder-reference.ts';
import { referenceWeights } from '../../models/onnx/seeded-weights.ts';
import { float32Of } from '../../models/weight-numbers.ts';
import type { TensorValues, WeightSource } from '../../models/weight-source.ts';
import { halfFromNumber } from '../core/half.ts';
import { quantise } from '../core/quantised.ts';
import { tableTypeFor } from './matrix.ts';

/** The source with its matrices rounded as the engine rounds them when it loads that type. */
export function asStored(source: WeightSource, type: MatrixType): WeightSource {
  return {
    ...source,
    tensor: async (name) => {
      const tensor = await source.tensor(name);
      const [rows = 0, k] = tensor.shape;
      const stored = /embed_tokens|lm_head/.test(name) ? tableTypeFor(type) : type;
      if (k === undefined || stored === 'f32' || name.endsWith('mlp.gate.weight')) return tensor;
      const numbers = float32Of(tensor.values);
      const values: TensorValues =
        stored === 'f16'
          ? { type: 'f16', data: Uint16Array.from(numbers, halfFromNumber) }
          : quantise(stored, rows, k, numbers);
      return { ...tensor, values };
    },
  };
}

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
