// Times on the LPX side: feed-forward layers or the whole decode out of SRAM spread over racks, and the link between.
// Knows nothing of GPUs.
import type { Architecture } from '../serving/catalogue.ts';
import { expertParameters, kvElements } from '../serving/step.ts';
import { activeFfn, attentionPerToken, denseFfn } from './shape.ts';

export interface LpuSide {
  /** Of one rack. */
  readonly sramBytes: number;
  readonly bytesPerSecond: number;
  readonly flopsPerSecond: number;
  /** Share of both rates that is reached. */
  readonly efficiency: number;
  /** Seconds beside the roofline of one layer: chip-to-chip exchanges. */
  readonly layerSeconds: number;
  /** One way between GPU and LPX: seconds, and bytes a second into or out of one rack. */
  readonly crossingSeconds: number;
  readonly linkBytesPerSecond: number;
}

/** FP8 weights and cache: LP30 has no narrower format. */
export const LPU_BYTES = 1;

/** Racks whose SRAM holds `bytes`. */
export function racksFor(lpu: LpuSide, bytes: number): number {
  return Math.ceil(bytes / lpu.sramBytes);
}

/** Seconds of all feed-forward layers on `racks` racks, over the tokens of a step; half of a layer's exchanges are theirs. */
export function lpuFfn(model: Architecture, lpu: LpuSide, racks: number): (tokens: number) => number {
  const { dense, every, missed } = ffnBytes(model);
  const flops = 2 * activeFfn(model);
  const time = roofline(lpu, racks);
  const exchanges = (model.layers * lpu.layerSeconds) / 2;
  return (tokens) => time(dense + every * (1 - Math.exp(missed * tokens)), flops * tokens) + exchanges;
}

export interface LpuLoad {
  /** Tokens a step computes for each request: 1, or a draft and one more. */
  readonly width: number;
  readonly context: number;
}

/** Seconds of one whole decode step, over its requests. */
export function lpuStep(
  model: Architecture,
  lpu: LpuSide,
  { width, context }: LpuLoad,
  racks: number,
): (requests: number) => number {
  const { dense, every, missed } = ffnBytes(model);
  const kv = kvElements(model, context);
  const rest = attentionPerToken(model);
  const attend = (4 * model.queryWidth * kv) / model.kvElementsPerLayer;
  const flops = width * (2 * (rest + activeFfn(model)) + attend);
  const time = roofline(lpu, racks);
  const exchanges = model.layers * lpu.layerSeconds;
  const weights = dense + rest * LPU_BYTES;
  return (requests) => {
    const bytes = weights + every * (1 - Math.exp(missed * width * requests)) + requests * kv * LPU_BYTES;
    return time(bytes, flops * requests) + exchanges;
  };
}

/**
 * Seconds one way of all layers' activations of a token over the racks' links: it goes once to every rack that holds one of its
 * experts, R·(1 − (1 − 1/R)^chosen) of R racks (every rack of a dense model), at `bytesEach` bytes an element.
 */
export function linkSeconds(model: Architecture, lpu: LpuSide, racks: number, bytesEach: number): number {
  const copies = model.experts ? racks * (1 - (1 - 1 / racks) ** model.experts.chosen) : racks;
  return (model.layers * model.hidden * bytesEach * copies) / (racks * lpu.linkBytesPerSecond);
}

/** Bytes of feed-forward weights: those every token passes, all experts, and ln of an expert's chance that a token misses it. */
function ffnBytes(model: Architecture): { readonly dense: number; readonly every: number; readonly missed: number } {
  const every = expertParameters(model) * LPU_BYTES;
  const missed = model.experts ? Math.log1p(-model.experts.chosen / model.experts.count) : 0;
  return { dense: denseFfn(model) * LPU_BYTES, every, missed };
}

function roofline(lpu: LpuSide, racks: number): (bytes: number, flops: number) => number {
  const perByte = 1 / (racks * lpu.efficiency * lpu.bytesPerSecond);
  const perFlop = 1 / (racks * lpu.efficiency * lpu.flopsPerSecond);
  return (bytes, flops) => Math.max(bytes * perByte, flops * perFlop);
}
