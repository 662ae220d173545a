// How long a case will take on this machine, so that one over the budget is skipped with that reason.
// Guesses before the probes have run, then the measured roofs, then earlier rows of the same kernel.

import type { ModelRuntime } from '../../models/decoder-cases.ts';
import type { DecoderEstimate } from '../../models/decoder-estimate.ts';
import type { MeasurePlan } from '../bench/measure.ts';
import { isProbe } from '../core/case-order.ts';
import type { Row } from '../results/schema.ts';
import { findMetric, measuredRoofline, summarizeMetric } from '../results/summary.ts';

export interface Speeds {
  readonly bytesPerSecond: number;
  readonly flopsPerSecond: number;
}

/** Before any probe: a slow laptop GPU, or SwiftShader on two cores. */
const PRIOR = {
  gpu: { bytesPerSecond: 3e10, flopsPerSecond: 5e11 },
  software: { bytesPerSecond: 2e9, flopsPerSecond: 8e9 },
} as const;
/** Share of a roof that an unknown kernel is assumed to reach; a probe is there to reach it. */
const ASSUMED_SHARE = 0.15;
/** Bytes of a stream that say how fast memory is. */
const LEAST_STREAM = 2 ** 20;
/** A row of so much less work says nothing: most of its time went into the dispatch. */
const MOST_SCALE = 100;
/** Seeded inputs made in JavaScript, bytes per second. */
const FILL_RATE = 2e8;
/** Runs besides the samples: verification, sizing, warm-up of two blocks. */
const EXTRA_RUNS = 5;
/** Seconds for compiling and for the reference. */
const FIXED_SECONDS = 0.5;

/** What the session's probes measured, else the guess. A probe of few bytes times its dispatch, not the memory. */
export function speedsOf(rows: readonly Row[], isSoftware: boolean): Speeds {
  const telling = rows.filter(({ id, cost }) => !id.startsWith('kernel/stream/') || (cost?.bytes ?? 0) >= LEAST_STREAM);
  const roof = measuredRoofline({ rows: telling });
  const prior = isSoftware ? PRIOR.software : PRIOR.gpu;
  return {
    bytesPerSecond: roof.bytesPerSecond ?? prior.bytesPerSecond,
    flopsPerSecond: roof.flopsPerSecond ?? prior.flopsPerSecond,
  };
}

/** Seconds of one operation: from the closest smaller case of the same kernel, else from the roofs. */
export function operationSeconds(
  path: string,
  cost: { readonly flops: number; readonly bytes: number },
  rows: readonly Row[],
  speeds: Speeds,
): number {
  const known = rows.flatMap((row) => {
    const time = findMetric(row, 'time');
    const summary = time && summarizeMetric(time);
    return row.cost && summary && row.id.startsWith(`${path}:`)
      ? [{ cost: row.cost, seconds: summary.median / 1e9 }]
      : [];
  });
  const scaled = known.flatMap(({ seconds, cost: { bytes, flops } }) => {
    const times = Math.max(cost.bytes / bytes, flops > 0 ? cost.flops / flops : 0);
    return times > MOST_SCALE ? [] : [seconds * times];
  });
  if (scaled.length > 0) return Math.min(...scaled);
  const share = isProbe(path) ? 1 : ASSUMED_SHARE;
  return Math.max(cost.bytes / speeds.bytesPerSecond, cost.flops / speeds.flopsPerSecond) / share;
}

/** Seconds of a whole kernel case: inputs, check, warm-up and samples. */
export function kernelSeconds(operation: number, inputBytes: number, checkSeconds: number, plan: MeasurePlan): number {
  const batch = Math.max(operation, plan.minBatchNs / 1e9);
  const sampling = Math.max(plan.minSamples * batch, Math.min(plan.sampleNs / 1e9, plan.maxSamples * batch));
  return FIXED_SECONDS + inputBytes / FILL_RATE + checkSeconds + EXTRA_RUNS * batch + sampling;
}

/** Rates of onnxruntime-web 1.30, seen on SwiftShader (0.9 ms a dispatch) or assumed of a GPU, and of its wasm provider. */
const ORT = {
  dispatchSeconds: { gpu: 4e-5, software: 9e-4 },
  wasmFlopsPerSecond: 3e9,
  weightBytesPerSecond: 1e8,
  setupSeconds: 1,
} as const;

/** Our engine: a few fused dispatches a layer, a roof's share no worse than an unknown kernel's. */
const WGSL = { dispatchesPerRun: 300, dispatchSeconds: { gpu: 1e-5, software: 1e-4 } } as const;

/** Seconds of a whole decoder case, reference included. */
export function decoderSeconds(
  cost: DecoderEstimate,
  runtime: ModelRuntime,
  isSoftware: boolean,
  speeds: Speeds,
): number {
  const machine = isSoftware ? 'software' : 'gpu';
  const onGpu = Math.max(cost.bytes / speeds.bytesPerSecond, cost.flops / speeds.flopsPerSecond) / ASSUMED_SHARE;
  const compute: Readonly<Record<ModelRuntime, number>> = {
    'ort-webgpu': onGpu + cost.dispatches * ORT.dispatchSeconds[machine],
    'transformers.js': onGpu + cost.dispatches * ORT.dispatchSeconds[machine],
    'ort-wasm': cost.flops / ORT.wasmFlopsPerSecond,
    wllama: cost.flops / ORT.wasmFlopsPerSecond,
    wgsl: onGpu + cost.runs * WGSL.dispatchesPerRun * WGSL.dispatchSeconds[machine],
  };
  const reference = cost.referenceFlops / ORT.wasmFlopsPerSecond;
  return ORT.setupSeconds + (2 * cost.weightBytes) / ORT.weightBytesPerSecond + reference + compute[runtime];
}
