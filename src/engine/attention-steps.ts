// The dispatches between the qkv projection and the o projection of a layer.
import { sumOver } from '../../kernels/common/lanes.ts';
import { unroll } from '../../kernels/common/unroll.ts';
import { type DecoderConfig, headWidths } from '../../models/decoders.ts';
import type { DeviceForm } from './form.ts';
import { type LayerBuffers, normLength } from './load-weights.ts';
import type { PlanContext, StepKind } from './plan-context.ts';
import attend from './shaders/attend.wgsl?raw';
import cacheF16 from './shaders/cache-f16.wgsl?raw';
import cacheF32 from './shaders/cache-f32.wgsl?raw';
import merge from './shaders/merge.wgsl?raw';
import place from './shaders/place.wgsl?raw';
import stateSource from './shaders/state.wgsl?raw';
import type { StepSpec } from './step.ts';

const CACHES = { f32: cacheF32, f16: cacheF16 } as const;
const QK_NORMS = { head: 1, projection: 2 } as const;

export function attentionSteps(context: PlanContext, kind: StepKind, layer: LayerBuffers, index: number): StepSpec[] {
  const { config, form, work } = context;
  const { heads, kvHeads, headDim } = config;
  const group = heads / kvHeads;
  const lanes = lanesPerKey(config, form);
  const half = headDim / 8 / lanes;
  // Queries a thread keeps in registers, with as many sums: sixteen vec4f of each at most, or one row's.
  const tile = kind === 'prompt' ? Math.max(1, Math.min(8, Math.floor(MOST_HELD / (group * half)))) : 1;
  const threads = Math.max(lanes, form.attendThreads);
  const counts = {
    QUERIES: group * tile,
    HALF: half,
    PROMPT: Number(kind === 'prompt'),
    DECODE: Number(kind === 'decode'),
    NORMED: Number(config.qkNorm !== null),
    SINKS: Number(config.attentionSinks),
    MERGED: Number(threads > lanes),
  };
  const reduce = sumOver(lanes, form);
  const cache = work.caches[index]!;
  const { query } = headWidths(config);
  const constants = {
    OF_PROMPT: `${kind === 'prompt'}`,
    HEADS: heads,
    KV_HEADS: kvHeads,
    GROUP: group,
    TILE: tile,
    DIM4: headDim / 4,
    CONTEXT: work.maxContext,
    LANES: lanes,
    HALF: half,
    THREADS: threads,
    SPLIT: kind === 'prompt' ? work.maxContext + tile : work.split,
    SPLITS: work.maxSplits,
    WINDOW: config.slidingWindow?.layers[index] ? config.slidingWindow.tokens : work.maxContext,
    ROW_VECTORS: work.attendedStride / 4,
    SCALE: `${Math.LOG2E / Math.sqrt(headDim)}f`,
    SINKS_FIRST: normLength(config) / 4,
    WHOLE_NORM: `${config.qkNorm === 'projection'}`,
    QK_NORM: config.qkNorm ? QK_NORMS[config.qkNorm] : 0,
    EPSILON: `${config.rmsEpsilon}f`,
  };
  const { source, enables } = reduce;
  const shared = { 6: work.state, 7: cache.keys, 8: cache.values, 9: work.attended };
  const vectors = layer.headVectors ?? work.nothing;
  const units = heads + 2 * kvHeads;
  const placed: StepSpec = {
    name: `layer ${index} place`,
    shader: {
      label: `engine/place ${work.cacheType}`,
      source: [stateSource, CACHES[work.cacheType], source, place].join('\n'),
      constants,
      enables,
    },
    bindings: { ...shared, 2: work.qkv, 3: vectors, 5: work.rotary },
    workgroups: ({ rows }) => [Math.ceil((units * lanes) / threads), 1, rows],
  };
  const bindings: Record<number, GPUBuffer> = { ...shared, 10: work.partial };
  if (kind === 'decode') Object.assign(bindings, { 2: work.qkv, 5: work.rotary });
  if (config.attentionSinks || (kind === 'decode' && config.qkNorm)) bindings[3] = vectors;
  const attended: StepSpec = {
    name: `layer ${index} attend`,
    shader: {
      label: `engine/attend ${kind} ${work.cacheType} ${heads}/${kvHeads}×${headDim}`,
      source: [stateSource, CACHES[work.cacheType], source, unroll(attend, counts)].join('\n'),
      constants,
      enables,
    },
    bindings,
    workgroups: ({ rows, splits }) => [kind === 'prompt' ? 1 : splits, kvHeads, Math.ceil(rows / tile)],
  };
  const mergedBindings: Record<number, GPUBuffer> = { 6: work.state, 9: work.attended, 10: work.partial };
  if (config.attentionSinks) mergedBindings[3] = vectors;
  const merged: StepSpec = {
    name: `layer ${index} merge`,
    shader: { label: 'engine/merge', source: `${stateSource}\n${unroll(merge, counts)}`, constants },
    bindings: mergedBindings,
    workgroups: ({ rows, splits }) => [splits > 1 ? Math.ceil(query / 4 / 64) : 0, 1, rows],
  };
  return kind === 'prompt' ? [placed, attended] : [attended, merged];
}

/** Vec4f of queries, and as many of sums, that a thread can keep in registers. */
const MOST_HELD = 8;

/**
 * Threads that share one key; the two halves that a rotation pairs lie in one thread. Eight, or more where so many query
 * heads share a key that a thread could not hold its part of them.
 */
function lanesPerKey({ headDim, heads, kvHeads }: DecoderConfig, form: DeviceForm): number {
  const pairs = headDim / 8;
  let lanes = Math.min(8, form.lanes);
  while (pairs % lanes !== 0) lanes /= 2;
  const held = (): number => ((heads / kvHeads) * 2 * pairs) / lanes;
  while (held() > 2 * MOST_HELD && 2 * lanes <= form.lanes && pairs % (2 * lanes) === 0) lanes *= 2;
  return lanes;
}
