// Attention in f64 at single output elements, from the very numbers the GPU reads. Knows no shader.
import type { AttentionShape } from './shape.ts';

interface AttentionInputs {
  readonly q: ArrayLike<number>;
  readonly k: ArrayLike<number>;
  readonly v: ArrayLike<number>;
  readonly mask?: ArrayLike<number>;
  /** Keys of each batch that are there; all without it. */
  readonly lengths?: ArrayLike<number>;
}

/** A mask at or below this hides its key: −∞, and the lowest finite f32 that models use for it. */
const HIDDEN = -(2 ** 126);

/** The output at the given indices; indices that ascend cost one softmax per row they touch. */
export function referenceAttention(inputs: AttentionInputs, shape: AttentionShape, indices: Uint32Array): Float64Array {
  const { vdim } = shape;
  let current = -1;
  let weights = new Float64Array();
  let values = { first: 0, stride: 0 };
  return Float64Array.from(indices, (index) => {
    const row = Math.floor(index / vdim);
    if (row !== current) {
      current = row;
      const at = placeOf(row, shape);
      weights = attentionWeights(inputs, shape, row, at);
      values = keyRows(at, shape);
    }
    const first = values.first * vdim + (index % vdim);
    const step = values.stride * vdim;
    return weights.reduce((sum, weight, key) => sum + weight * inputs.v[first + key * step]!, 0);
  });
}

interface Place {
  readonly batch: number;
  readonly head: number;
  readonly query: number;
}

/** Which batch, head and query a row of q and of the output is. */
function placeOf(row: number, { queries, heads, layout }: AttentionShape): Place {
  const [outer, inner] = layout === 'heads' ? [heads, queries] : [queries, heads];
  const [batch, middle, last] = [Math.floor(row / (outer * inner)), Math.floor(row / inner) % outer, row % inner];
  return layout === 'heads' ? { batch, head: middle, query: last } : { batch, head: last, query: middle };
}

/** Row of the first key of that head's kv head, and rows from one key to the next. */
function keyRows({ batch, head }: Place, { heads, kvheads, keys, layout }: AttentionShape) {
  const kvHead = Math.floor(head / (heads / kvheads));
  if (layout === 'heads') return { first: (batch * kvheads + kvHead) * keys, stride: 1 };
  return { first: batch * keys * kvheads + kvHead, stride: kvheads };
}

/** Softmax weights of one row of q over the keys it sees; all 0 where a mask hides every one. */
function attentionWeights(inputs: AttentionInputs, shape: AttentionShape, row: number, at: Place) {
  const { keys, dim, offset, scale, softcap } = shape;
  const { first, stride } = keyRows(at, shape);
  const masked = maskRow(inputs.mask, shape, at);
  const length = Math.min(keys, at.query + offset + 1, inputs.lengths?.[at.batch] ?? keys);
  const scores = Float64Array.from({ length }, (_, key) => {
    const added = masked(key);
    if (added <= HIDDEN) return Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += inputs.q[row * dim + d]! * inputs.k[(first + key * stride) * dim + d]!;
    return (softcap > 0 ? softcap * Math.tanh((sum * scale) / softcap) : sum * scale) + added;
  });
  const largest = scores.reduce((a, b) => Math.max(a, b));
  if (largest === Number.NEGATIVE_INFINITY) return new Float64Array(scores.length);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

function maskRow(mask: ArrayLike<number> | undefined, shape: AttentionShape, at: Place): (key: number) => number {
  if (!mask) return () => 0;
  const { mask: kind, heads, queries, keys } = shape;
  const batch = kind === 'batch' || kind === 'full' ? at.batch : 0;
  const [head, headCount] = kind === 'heads' || kind === 'full' ? [at.head, heads] : [0, 1];
  const first = ((batch * headCount + head) * queries + at.query) * keys;
  return (key) => mask[first + key]!;
}
