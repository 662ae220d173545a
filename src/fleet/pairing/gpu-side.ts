// The GPU side of pairing, by the calibrated serving model: whole decode steps, their attention part, and prompts.
// Knows nothing of LPUs.
import type { Accelerator, Architecture } from '../serving/catalogue.ts';
import type { Parameters } from '../serving/parameters.ts';
import { formatsOf } from '../serving/precision.ts';
import { batchLimit } from '../serving/steady.ts';
import { type Layout, prefillSeconds, type Replica, type StepTime, stepTimeOf } from '../serving/step.ts';
import { attentionOnly } from './shape.ts';

export interface Lengths {
  readonly isl: number;
  readonly osl: number;
  readonly cacheHit: number;
}

export interface GpuSide {
  readonly chip: Accelerator;
  readonly precision: string;
  readonly parameters: Parameters;
  /** Share of the overhead per layer that stays when feed-forward layers leave. */
  readonly attentionOverhead: number;
  /** GPUs of the scale-up domain: the widest group tried. */
  readonly domain: number;
  readonly flopsFactor: number;
}

/** Of the engines that were fitted, the one that serves FP4 and FP8 weights with an FP8 cache. */
export const ENGINE = 'trtllm';

export function replicaOf(model: Architecture, gpu: GpuSide, lengths: Lengths, layout: Layout): Replica {
  const formats = formatsOf(model, gpu.chip, gpu.precision, ENGINE);
  return {
    model,
    chip: gpu.chip,
    formats,
    layout,
    engine: ENGINE,
    ...lengths,
    tokensPerStep: 1,
    positionsPerStep: 1,
    flopsFactor: gpu.flopsFactor,
    disaggregated: true,
  };
}

/**
 * Dense models: tensor parallel over 1 to 8 GPUs, as far as the overheads were fitted. Experts: spread besides over wider
 * groups of the NVLink domain with attention in data parallel.
 */
export function layoutsOf(model: Architecture, gpu: GpuSide): Layout[] {
  const fits = (gpus: number): boolean => gpus <= gpu.domain;
  const tensor = [1, 2, 4, 8].filter(fits).map((gpus) => ({ gpus, tp: gpus, attentionDp: 1 }));
  if (!model.experts) return tensor;
  const wide = [4, 8, 16, 36, 72].filter(fits).map((gpus) => ({ gpus, tp: 1, attentionDp: gpus }));
  return [...tensor, ...wide];
}

/** Decode steps that compute `width` positions for each request. */
export function gpuStep(replica: Replica, gpu: GpuSide, width: number): StepTime {
  return stepTimeOf({ ...replica, positionsPerStep: width }, gpu.parameters);
}

/** A replica of the same GPUs that holds no feed-forward layers. */
export function withoutFfn(replica: Replica): Replica {
  return { ...replica, model: attentionOnly(replica.model) };
}

/** The same without feed-forward layers: their overhead and one of two collectives a layer go with them. */
export function attentionStep(bare: Replica, gpu: GpuSide, width: number): StepTime {
  const { layer, collective } = gpu.parameters;
  const parameters = { ...gpu.parameters, layer: layer * gpu.attentionOverhead, collective: collective / 2 };
  return stepTimeOf({ ...bare, positionsPerStep: width }, parameters);
}

/** Requests whose caches fit, at full length. */
export const roomOf = (replica: Replica): number => batchLimit(replica);

/** GPU-seconds of prompt work per output token. */
export function promptGpuSeconds(replica: Replica, gpu: GpuSide): number {
  return (prefillSeconds(replica, gpu.parameters) * replica.layout.gpus) / replica.osl;
}
