// Attention as one call of our attention kernels, batches and all. Knows no GPU object.
import { elementCount } from '../../../models/onnx/proto.ts';
import {
  floatInput,
  floats,
  type MappedNode,
  type NodeProblem,
  type NodeTensor,
  NotCovered,
  numberAttribute,
  refuseInputsFrom,
  resultLike,
  WIDENED,
} from './kernel-call.ts';

/** Sizes of q, k or v, either [batch][head][position][dim] or [batch][position][head·dim]. */
interface Layout {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly dim: number;
}

const LOWEST_F32 = -3.4028234663852886e38;

export function mapAttention(node: NodeProblem): MappedNode {
  const [q, k, v] = [floatInput(node, 0), floatInput(node, 1), floatInput(node, 2)];
  const [, , , mask = null, pastKey = null, pastValue = null] = node.inputs;
  refuseInputsFrom(node, 6);
  if (node.outputs > 3) throw new NotCovered('Attention that returns its scores');
  const flat = q.dims.length === 3;
  const [query, fresh] = [layoutOf(node, q, 'q_num_heads'), layoutOf(node, k, 'kv_num_heads')];
  if (flat && pastKey) throw new NotCovered('Attention with a cache beside inputs of three dimensions');
  const [keys, values] = [withPast(pastKey, k), withPast(pastValue, v)];
  const past = pastKey?.dims[2] ?? 0;
  const length = fresh.length + past;
  const vdim = layoutOf(node, v, 'kv_num_heads').dim;
  const params = {
    ...{ seq: query.length, heads: query.heads, kvheads: fresh.heads, dim: query.dim },
    ...{ batch: query.batch, vdim, keys: length, layout: flat ? 'positions' : 'heads' },
    scale: numberAttribute(node, 'scale', 0),
    softcap: numberAttribute(node, 'softcap', 0),
    mask: mask ? maskKind(mask, query, length) : 'none',
    ...(numberAttribute(node, 'is_causal', 0) === 1 ? { offset: past } : { causal: 'no' }),
  };
  const inputs = { q: floats(q), k: floats(keys), v: floats(values), ...(mask ? { mask: additive(mask) } : {}) };
  const dims = flat ? [query.batch, query.length, query.heads * vdim] : [query.batch, query.heads, query.length, vdim];
  const notes = [...(pastKey ? ['cache and new keys joined first'] : []), ...(q.type === 'float16' ? [WIDENED] : [])];
  return {
    calls: [{ family: 'attention', params, inputs, output: 'out' }],
    results: ([out]) => [
      resultLike(q, dims, out!),
      ...[keys, values].slice(0, node.outputs - 1).map((cache) => resultLike(cache, cache.dims, cache.values)),
    ],
    ...(notes.length > 0 ? { note: notes.join(', ') } : {}),
  };
}

function layoutOf(node: NodeProblem, { dims }: NodeTensor, headsName: string): Layout {
  if (dims.length === 4) return { batch: dims[0]!, heads: dims[1]!, length: dims[2]!, dim: dims[3]! };
  const heads = numberAttribute(node, headsName, 0);
  if (dims.length !== 3 || heads === 0) throw new NotCovered(`Attention of shape [${dims}] without ${headsName}`);
  return { batch: dims[0]!, heads, length: dims[1]!, dim: dims[2]! / heads };
}

/** The cache followed by what is new, along positions. */
function withPast(past: NodeTensor | null, fresh: NodeTensor): NodeTensor {
  if (!past) return fresh;
  const [batch, heads, length, dim] = fresh.dims as [number, number, number, number];
  const [old, added] = [past.dims[2]! * dim, length * dim];
  const values = new Float32Array(batch * heads * (old + added));
  for (let head = 0; head < batch * heads; head++) {
    for (let i = 0; i < old; i++) values[head * (old + added) + i] = past.values[head * old + i]!;
    for (let i = 0; i < added; i++) values[head * (old + added) + old + i] = fresh.values[head * added + i]!;
  }
  return { type: fresh.type, dims: [batch, heads, past.dims[2]! + length, dim], values };
}

/** Which of batch and head the mask differs by. */
function maskKind({ dims }: NodeTensor, { batch, heads, length }: Layout, keys: number): string {
  const [rows, columns] = dims.slice(-2);
  if (rows !== length || columns !== keys) throw new NotCovered(`Attention with a mask of shape [${dims}]`);
  const [headDim = 1, batchDim = 1] = dims.slice(0, -2).reverse();
  const known = (dim: number, full: number): boolean => dim === 1 || dim === full;
  if (elementCount(dims.slice(0, -4)) !== 1 || !known(headDim, heads) || !known(batchDim, batch))
    throw new NotCovered(`Attention with a mask of shape [${dims}]`);
  const [byHead, byBatch] = [headDim > 1, batchDim > 1];
  return byHead ? (byBatch ? 'full' : 'heads') : byBatch ? 'batch' : 'shared';
}

/** What the mask adds to scores; a boolean one hides where it is false. */
function additive({ type, values }: NodeTensor): Float32Array {
  if (type !== 'bool') return Float32Array.from(values);
  return Float32Array.from(values, (seen) => (seen ? 0 : LOWEST_F32));
}
