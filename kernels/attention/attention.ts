// The family `attention`: softmax(q·kᵀ/√dim)·v per head, causal, f32, with grouped queries (GQA: heads/kvheads query
// heads share a kv head). Layouts: q and out [head][position][dim], k and v [kv head][position][dim]. Knows no GPU object.
// prefill: position i sees keys 0..i; pairs = heads·seq·(seq + 1)/2. decode: one query, the newest position, sees all ctx
// keys; pairs = heads·ctx. flops = 4·dim·pairs (two products; softmax not counted);
// bytes = 4·dim·(2·heads·queries + 2·kvheads·keys), each operand once, scores none.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import { normal } from '../common/fill.ts';
import { type ParamSpec, readParams, requireAddressable, size } from '../common/params.ts';
import { defineVariant } from '../common/variant.ts';
import type { KernelFamily, KernelPlan } from '../family.ts';
import { attentionCases } from './cases.ts';
import { decodeTiled, decodeTiledNeeds } from './decode-tiled.ts';
import { prefillTiled, TILED_BYTES } from './prefill-tiled.ts';
import { type AttentionShape, referenceAttention } from './reference.ts';
import type { Steps } from './steps.ts';
import { unfused } from './unfused.ts';

const MAX_DIM = 128;

function readShape(params: Params, length: 'seq' | 'ctx'): AttentionShape {
  const spec: Record<string, ParamSpec> = { [length]: size(), heads: size(), kvheads: size(), dim: size(MAX_DIM, 4) };
  const read = readParams('attention', params, spec) as Record<string, number>;
  const { heads, kvheads, dim } = read as Record<'heads' | 'kvheads' | 'dim', number>;
  const keys = read[length]!;
  if (heads % kvheads !== 0) {
    throw new UserError(`attention: heads=${heads} must be a multiple of kvheads=${kvheads}`);
  }
  requireAddressable('attention', { heads, [length]: keys, dim });
  return { queries: length === 'seq' ? keys : 1, keys, heads, kvheads, dim };
}

const readPrefill = (params: Params): AttentionShape => readShape(params, 'seq');
const readDecode = (params: Params): AttentionShape => readShape(params, 'ctx');

function plan(shape: AttentionShape, { scratch, dispatches }: Steps): KernelPlan {
  const { queries, keys, heads, kvheads, dim } = shape;
  const [rows, cached] = [heads * queries * dim, kvheads * keys * dim];
  const pairs = (heads * queries * (2 * keys - queries + 1)) / 2;
  return {
    buffers: [
      { name: 'q', role: 'input', bytes: 4 * rows, fill: normal(rows) },
      { name: 'k', role: 'input', bytes: 4 * cached, fill: normal(cached) },
      { name: 'v', role: 'input', bytes: 4 * cached, fill: normal(cached) },
      ...scratch,
      { name: 'out', role: 'output', bytes: 4 * rows },
    ],
    dispatches,
    checks: [
      {
        buffer: 'out',
        length: rows,
        reference: (inputs, indices) => referenceAttention(inputs, shape, indices),
        // A row's softmax over all keys, shared by its elements, and each element's own sum.
        rowLength: dim,
        flopsPerElement: (2 * keys * (dim + 8)) / dim + 2 * keys,
        tolerance: { nmse: 1e-11, absolute: 1e-4 },
      },
    ],
    flops: 4 * dim * pairs,
    bytes: 4 * (2 * rows + 2 * cached),
  };
}

export const attention: KernelFamily = {
  name: 'attention',
  summary: 'causal attention with grouped queries: a whole prompt, or one token over its cache',
  variants: [
    defineVariant({
      name: 'prefill-naive',
      idea: 'scores in global memory, three dispatches, one thread an element',
      read: readPrefill,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, unfused(shape, 'prefill-naive', caps)),
    }),
    defineVariant({
      name: 'prefill-tiled',
      idea: 'online softmax over tiles in workgroup memory, one dispatch',
      read: readPrefill,
      needs: () => ({ invocations: 64, workgroupBytes: TILED_BYTES }),
      plan: (shape, caps) => plan(shape, prefillTiled(shape, caps)),
    }),
    defineVariant({
      name: 'decode-naive',
      idea: 'scores in global memory, three dispatches, one thread an element',
      read: readDecode,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, unfused(shape, 'decode-naive', caps)),
    }),
    defineVariant({
      name: 'decode-tiled',
      idea: 'online softmax over splits of the cache, each read once for all heads that share it, then a merge',
      read: readDecode,
      needs: decodeTiledNeeds,
      plan: (shape, caps) => plan(shape, decodeTiled(shape, caps)),
    }),
  ],
  cases: attentionCases,
};
