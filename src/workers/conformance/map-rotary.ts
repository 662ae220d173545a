// RotaryEmbedding as a call of our rope. Knows no GPU object.
import {
  floatInput,
  floats,
  type MappedNode,
  type NodeProblem,
  NotCovered,
  numberAttribute,
  refuseInputsFrom,
  resultLike,
} from './kernel-call.ts';

/** [batch][head][position][dim], or [batch][position][head·dim] with the number of heads as an attribute. */
export function mapRotary(node: NodeProblem): MappedNode {
  const [x, cosine, sine] = [floatInput(node, 0), floatInput(node, 1), floatInput(node, 2)];
  const positionIds = node.inputs[3] ?? null;
  refuseInputsFrom(node, 4);
  const flat = x.dims.length === 3;
  if (!flat && x.dims.length !== 4) throw new NotCovered(`RotaryEmbedding of shape [${x.dims}]`);
  const heads = flat ? numberAttribute(node, 'num_heads', 0) : x.dims[1]!;
  if (heads === 0) throw new NotCovered('RotaryEmbedding without a number of heads');
  const [batch, seq] = [x.dims[0]!, flat ? x.dims[1]! : x.dims[2]!];
  const dim = flat ? x.dims[2]! / heads : x.dims[3]!;
  const rotary = numberAttribute(node, 'rotary_embedding_dim', 0) || dim;
  // Without ids the tables hold a row for every position of every batch.
  const positions = positionIds
    ? Uint32Array.from(positionIds.values)
    : Uint32Array.from({ length: batch * seq }, (_, i) => i);
  const params = {
    ...{ seq, heads, dim, batch, rotary, theta: 10000 },
    pairs: numberAttribute(node, 'interleaved', 0) === 1 ? 'interleaved' : 'halves',
    layout: flat ? 'positions' : 'heads',
    table: cosine.values.length / (rotary / 2),
  };
  const inputs = { x: floats(x), positions, cosine: floats(cosine), sine: floats(sine) };
  return {
    calls: [{ family: 'rope', params, inputs, output: 'y' }],
    results: ([y]) => [resultLike(x, x.dims, y!)],
  };
}
