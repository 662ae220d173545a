// The dispatches between the qkv projection and the o projection of a layer.
import { type DecoderConfig, headWidths } from '../../models/decoders.ts';
import { UserError } from '../core/errors.ts';
import { type DeviceForm, reduceOver } from './form.ts';
import type { LayerBuffers } from './load-weights.ts';
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
  const lanes = lanesPerKey(config, form);
  const threads = form.software ? lanes : Math.max(lanes, 64);
  const reduce = reduceOver(form, lanes);
  const cache = work.caches[index]!;
  const { query } = headWidths(config);
  const constants = {
    OF_PROMPT: `${kind === 'prompt'}`,
    HEADS: heads,
    KV_HEADS: kvHeads,
    GROUP: heads / kvHeads,
    DIM4: headDim / 4,
    CONTEXT: work.maxContext,
    LANES: lanes,
    THREADS: threads,
    SPLIT: work.split,
    SPLITS: work.maxSplits,
    WINDOW: config.slidingWindow?.layers[index] ? config.slidingWindow.tokens : work.maxContext,
    ROW_VECTORS: work.attendedStride / 4,
    SCALE: `${Math.LOG2E / Math.sqrt(headDim)}f`,
    SINKS: `${config.attentionSinks}`,
    QK_NORM: config.qkNorm ? QK_NORMS[config.qkNorm] : 0,
    EPSILON: `${config.rmsEpsilon}f`,
  };
  const { source, enables } = reduce;
  const shared = { 3: layer.headNorms ?? work.nothing, 5: work.rotary, 6: work.state, 7: cache.keys, 8: cache.values };
  const sinks = layer.sinks ?? work.nothing;
  const units = heads + 2 * kvHeads;
  const placed: StepSpec = {
    name: `layer ${index} place`,
    shader: {
      label: `engine/place ${work.cacheType}`,
      source: [stateSource, CACHES[work.cacheType], source, place].join('\n'),
      constants,
      enables,
    },
    bindings: { ...shared, 2: work.qkv, 9: work.attended },
    workgroups: ({ rows }) => [Math.ceil((units * lanes) / threads), 1, rows],
  };
  const attended: StepSpec = {
    name: `layer ${index} attend`,
    shader: {
      label: `engine/attend ${kind} ${work.cacheType} ${heads}/${kvHeads}×${headDim}`,
      source: [stateSource, CACHES[work.cacheType], source, attend].join('\n'),
      constants,
      enables,
    },
    bindings: { ...shared, 2: work.qkv, 4: sinks, 9: work.attended, 10: work.partial, 11: work.stats },
    workgroups: ({ rows, splits }) => [splits, kvHeads, rows],
  };
  const merged: StepSpec = {
    name: `layer ${index} merge`,
    shader: { label: 'engine/merge', source: `${stateSource}\n${merge}`, constants },
    bindings: { 4: sinks, 6: work.state, 9: work.attended, 10: work.partial, 11: work.stats },
    workgroups: ({ rows, splits }) => [splits > 1 ? Math.ceil(query / 4 / 64) : 0, 1, rows],
  };
  return kind === 'prompt' ? [placed, attended, merged] : [attended, merged];
}

/** Threads that share one key: the two halves a rotation pairs lie in one thread. */
function lanesPerKey({ headDim, name }: DecoderConfig, form: DeviceForm): number {
  if (headDim % 8 !== 0) throw new UserError(`${name}: heads of ${headDim} are not supported; a multiple of 8 is`);
  let lanes = Math.min(8, form.lanes);
  while ((headDim / 8) % lanes !== 0) lanes /= 2;
  return lanes;
}
