// Counts what one decode step must move and compute from a model's shape, and weighs bandwidth against arithmetic by it.
// Counted quantities hold on any hardware; no efficiency is known here.
import { findConstant, findModel, type Gpu, type Precision, type ServedModel } from './catalogue.ts';
import type { Workload } from './front.ts';

/** Work of one decode step with `concurrency` requests in flight, its share of the prompts' processing included. */
export interface StepWork {
  readonly bytes: number;
  readonly flops: number;
}

/** Counts that a local run may hand over in place of those from the shape (src/fleet/bridge.ts). */
export interface CountedWork {
  /** Decode flops per output token, attention included. */
  readonly flopsPerToken: number;
}

/**
 * bytes = weights touched + concurrency × context × KV bytes, context = isl + osl/2;
 * flops = concurrency × (decode flops per token + 2 × active parameters × isl/osl), no prefix cached.
 * A MoE layer touches count × (1 − (1 − chosen/count)^concurrency) distinct experts, routing taken as even.
 */
export function stepWork(workload: Workload, concurrency: number, counted: CountedWork | null = null): StepWork {
  const model = findModel(workload.model);
  const context = workload.isl + workload.osl / 2;
  const kvBytes = context * model.kvElementsPerToken * findConstant('work/bytes-fp8').value;
  const decode = counted?.flopsPerToken ?? decodeFlops(model, context);
  const prefill = 2 * activeParameters(model) * (workload.isl / workload.osl);
  return {
    bytes: touchedParameters(model, concurrency) * weightBytes(workload.precision) + concurrency * kvBytes,
    flops: concurrency * (decode + prefill),
  };
}

/** 2 × active parameters + 4 × layers × query width × context. */
export function decodeFlops(model: ServedModel, context: number): number {
  return 2 * activeParameters(model) + 4 * model.layers * model.queryWidth * context;
}

function activeParameters({ denseParameters, experts }: ServedModel): number {
  return denseParameters + (experts ? experts.layers * experts.chosen * experts.parametersEach : 0);
}

export function totalParameters({ denseParameters, experts }: ServedModel): number {
  return denseParameters + (experts ? experts.layers * experts.count * experts.parametersEach : 0);
}

function touchedParameters({ denseParameters, experts }: ServedModel, concurrency: number): number {
  if (!experts) return denseParameters;
  const distinct = experts.count * (1 - (1 - experts.chosen / experts.count) ** concurrency);
  return denseParameters + experts.layers * distinct * experts.parametersEach;
}

function weightBytes(precision: Precision): number {
  return findConstant(precision === 'fp4' ? 'work/bytes-fp4' : 'work/bytes-fp8').value;
}

/**
 * How much faster `to` does this work than `from` by specification: (bytes time + flops time) on the one over the other.
 * A GPU without FP4 units computes in FP8. `flopsReading` scales the target's arithmetic rate, which sources dispute.
 */
export function specRatio(work: StepWork, precision: Precision, from: Gpu, to: Gpu, flopsReading = 1): number {
  const seconds = (gpu: Gpu, reading: number): number => {
    const tflops = (precision === 'fp4' ? gpu.tflops.fp4 : undefined) ?? gpu.tflops.fp8;
    return work.bytes / (gpu.memoryBandwidthGBs * 1e9) + work.flops / (tflops * 1e12 * reading);
  };
  return seconds(from, 1) / seconds(to, flopsReading);
}
