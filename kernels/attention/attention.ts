// The family `attention`: softmax(scale·q·kᵀ + mask)·v per head with grouped queries (GQA: heads/kvheads query heads share
// a kv head), f32 arithmetic over f32 or f16 storage. shape.ts says what its parameters mean; they cover ONNX Attention but
// for boolean masks, which are 0 and −∞ here, and qk_matmul_output. Layout `heads`: q and out [batch][head][position][dim],
// k and v [batch][kv head][position][dim]; `positions`: positions before heads. A query whose keys a mask hides one and
// all gives 0, as ONNX and PyTorch have it. Knows no GPU object.
// prefill: query i sees keys 0 … i + offset. decode: one query, the newest position, sees all ctx keys (of `lengths`, which
// holds ctx here and may hold less in an engine). pairs = queries × keys seen; flops = 2·(dim + vdim)·pairs (two products;
// softmax not counted); bytes: each operand once, scores none.
import { numbersIn, stored, storedBytes } from '../common/cells.ts';
import { filler, normal } from '../common/fill.ts';
import { defineVariant } from '../common/variant.ts';
import type { BufferPlan, KernelFamily, KernelPlan, Tolerance } from '../family.ts';
import { attentionCases } from './cases.ts';
import { decodeDirect, directPoints, directTunables } from './decode-direct.ts';
import { decodeFault, decodePoints, decodeTiled, decodeTiledNeeds, decodeTunables } from './decode-tiled.ts';
import { naive } from './naive.ts';
import { prefillTiled, tiledNeeds, tileFault, tilePoints, tileTunables } from './prefill-tiled.ts';
import { referenceAttention } from './reference.ts';
import { type AttentionShape, maskLength, readDecode, readPrefill, visiblePairs } from './shape.ts';
import type { Steps } from './steps.ts';
import {
  directPoints as prefillDirectPoints,
  directTunables as prefillDirectTunables,
  unfused,
  unfusedNeeds,
  unfusedPoints,
  unfusedTunables,
} from './unfused.ts';

/** One in eight keys hidden, the others shifted; rows of nothing but −∞ come by chance in short ones. */
const maskFill = (length: number) => filler(length, (rng) => (rng.uniform() < 1 / 8 ? -Infinity : rng.normal()));

function inputBuffers(shape: AttentionShape, names: ReadonlySet<string>): BufferPlan[] {
  const { batch, queries, keys, heads, kvheads, dim, vdim, type, cache } = shape;
  const [rows, cached] = [batch * heads * queries * dim, batch * kvheads * keys];
  const masked = maskLength(shape);
  const buffers: BufferPlan[] = [
    { name: 'q', role: 'input', bytes: storedBytes(type, rows), fill: stored(type, normal(rows)) },
    // A step of decoding reads the cache once.
    ...(['k', 'v'] as const).map((name): BufferPlan => {
      const count = cached * (name === 'k' ? dim : vdim);
      const [bytes, fill] = [storedBytes(cache, count), stored(cache, normal(count))];
      return { name, role: 'input', bytes, fill, ...(queries === 1 && { rotates: true }) };
    }),
    { name: 'lengths', role: 'input', bytes: 4 * batch, fill: () => new Uint32Array(batch).fill(keys) },
    { name: 'mask', role: 'input', bytes: 4 * masked, fill: maskFill(masked) },
  ];
  return buffers.filter((buffer) => names.has(buffer.name));
}

/** Scores of f32 products carry some 1e-7 of themselves, which the weights inherit. */
function toleranceOf({ type, softcap }: AttentionShape): Tolerance {
  if (type === 'f16') return { nmse: 1e-6 };
  return softcap > 0 ? { nmse: 1e-11, absolute: 2e-4 } : { nmse: 1e-11, absolute: 1e-4 };
}

function plan(shape: AttentionShape, { scratch, dispatches }: Steps): KernelPlan {
  const { batch, queries, keys, heads, dim, vdim, type, cache } = shape;
  const rows = batch * heads * queries * vdim;
  const inputs = inputBuffers(shape, new Set(dispatches.flatMap((step) => step.bindings)));
  const outBytes = storedBytes(type, rows);
  return {
    buffers: [...inputs, ...scratch, { name: 'out', role: 'output', bytes: outBytes }],
    dispatches,
    checks: [
      {
        buffer: 'out',
        length: rows,
        format: type,
        reference: (given, indices) => {
          const [q, k, v] = [numbersIn(type, given.q!), numbersIn(cache, given.k!), numbersIn(cache, given.v!)];
          return referenceAttention({ q, k, v, mask: given.mask, lengths: given.lengths }, shape, indices);
        },
        // A row's softmax over all keys, shared by its elements, and each element's own sum.
        rowLength: vdim,
        flopsPerElement: (2 * keys * (dim + 8)) / vdim + 2 * keys,
        tolerance: toleranceOf(shape),
      },
    ],
    flops: 2 * (dim + vdim) * visiblePairs(shape),
    bytes: inputs.reduce((sum, { bytes }) => sum + bytes, outBytes),
  };
}

const anyPrefill = readPrefill(1, {});
const anyDecode = readDecode(1, {});
const unfusedPrefill = readPrefill(4, unfusedTunables);
const directPrefill = readPrefill(4, prefillDirectTunables);
const directDecode = readDecode(4, directTunables);

export const attention: KernelFamily = {
  name: 'attention',
  summary: 'attention with grouped queries: a whole prompt, or one token over its cache',
  variants: [
    defineVariant({
      name: 'prefill-naive',
      idea: 'scores in global memory, three dispatches, one thread an element; any shape, f32',
      read: anyPrefill,
      fault: ({ type }) => (type === 'f16' ? 'f16 storage is for the other variants' : null),
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, naive(shape, 'prefill-naive', caps)),
    }),
    defineVariant({
      name: 'prefill-unfused',
      idea: 'scores in global memory, three dispatches, 4 × 4 a thread in the products, a workgroup a row between',
      read: unfusedPrefill,
      needs: (shape) => unfusedNeeds(shape, 'workgroup'),
      tuning: unfusedPoints,
      plan: (shape, caps) => plan(shape, unfused(shape, 'workgroup', caps)),
    }),
    defineVariant({
      name: 'prefill-direct',
      idea: 'scores in global memory, three dispatches of threads that never wait, 4 × 8 each in the products',
      read: directPrefill,
      needs: (shape) => unfusedNeeds(shape, 'thread'),
      tuning: prefillDirectPoints,
      plan: (shape, caps) => plan(shape, unfused(shape, 'thread', caps)),
    }),
    defineVariant({
      name: 'prefill-tiled',
      idea: 'online softmax over register-blocked tiles in workgroup memory, one dispatch',
      read: readPrefill(4, tileTunables),
      fault: tileFault,
      needs: tiledNeeds,
      tuning: tilePoints,
      plan: (shape, caps) => plan(shape, prefillTiled(shape, caps)),
    }),
    defineVariant({
      name: 'decode-naive',
      idea: 'scores in global memory, three dispatches, one thread an element; any shape, f32',
      read: anyDecode,
      fault: ({ cache }) => (cache === 'f16' ? 'f16 storage is for the other variants' : null),
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => plan(shape, naive(shape, 'decode-naive', caps)),
    }),
    defineVariant({
      name: 'decode-direct',
      idea: 'weights relative to each block’s own maximum, then a mix: two dispatches of threads that never wait',
      read: directDecode,
      needs: ({ threads }) => ({ invocations: threads }),
      tuning: directPoints,
      plan: (shape, caps) => plan(shape, decodeDirect(shape, caps)),
    }),
    defineVariant({
      name: 'decode-tiled',
      idea: 'online softmax over splits of the cache, each read once for all heads that share it, then a merge',
      read: readDecode(4, decodeTunables),
      fault: decodeFault,
      needs: decodeTiledNeeds,
      tuning: decodePoints,
      plan: (shape, caps) => plan(shape, decodeTiled(shape, caps)),
    }),
  ],
  cases: attentionCases,
};
