// Attention in f64 at single output elements, from the f32 inputs. Knows no shader.
import type { HostArray } from '../family.ts';

export interface AttentionShape {
  /** Rows of q: the prompt's length in prefill, 1 in decode. */
  readonly queries: number;
  /** Rows of k and v per kv head. Query i sees keys 0 .. i + keys − queries. */
  readonly keys: number;
  readonly heads: number;
  readonly kvheads: number;
  readonly dim: number;
}

type Inputs = Readonly<Record<string, HostArray>>;

/** out at the given indices of [head][query][dim]; indices that ascend cost one softmax per row they touch. */
export function referenceAttention(inputs: Inputs, shape: AttentionShape, indices: Uint32Array): Float64Array {
  const { dim, keys } = shape;
  const v = inputs.v!;
  let current = -1;
  let weights = new Float64Array();
  return Float64Array.from(indices, (index) => {
    const row = Math.floor(index / dim);
    if (row !== current) weights = attentionWeights(inputs, shape, row);
    current = row;
    const first = kvHeadOf(shape, row) * keys * dim + (index % dim);
    return weights.reduce((sum, weight, key) => sum + weight * v[first + key * dim]!, 0);
  });
}

/** Softmax weights of one row of q over the keys it sees. */
function attentionWeights({ q, k }: Inputs, shape: AttentionShape, row: number): Float64Array<ArrayBuffer> {
  const { queries, keys, dim } = shape;
  const visible = (row % queries) + keys - queries + 1;
  const first = kvHeadOf(shape, row) * keys * dim;
  const scores = Float64Array.from({ length: visible }, (_, key) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += q![row * dim + d]! * k![first + key * dim + d]!;
    return sum / Math.sqrt(dim);
  });
  const largest = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

function kvHeadOf({ queries, heads, kvheads }: AttentionShape, row: number): number {
  return Math.floor(Math.floor(row / queries) / (heads / kvheads));
}
