// Times on the LPX side: feed-forward layers or the whole decode out of SRAM spread over racks, and the link between.
// Knows nothing of GPUs.
import type { Architecture } from '../serving/catalogue.ts';
import { kvElements } from '../serving/step.ts';
import { activeFfn, attentionPerToken, touchedFfn } from './shape.ts';

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

/** Seconds of all feed-forward layers for `tokens` tokens on `racks` racks; half of a layer's exchanges are theirs. */
export function lpuFfnSeconds(model: Architecture, lpu: LpuSide, tokens: number, racks: number): number {
  const bytes = touchedFfn(model, tokens) * LPU_BYTES;
  return roofline(lpu, racks, bytes, 2 * tokens * activeFfn(model)) + (model.layers * lpu.layerSeconds) / 2;
}

export interface LpuLoad {
  readonly requests: number;
  /** Tokens a step computes for each request: 1, or a draft and one more. */
  readonly width: number;
  readonly context: number;
}

/** Seconds of one whole decode step. */
export function lpuStepSeconds(model: Architecture, lpu: LpuSide, load: LpuLoad, racks: number): number {
  const { requests, width, context } = load;
  const tokens = requests * width;
  const kv = kvElements(model, context);
  const rest = attentionPerToken(model);
  const bytes = (rest + touchedFfn(model, tokens) + requests * kv) * LPU_BYTES;
  const attend = (4 * model.queryWidth * kv) / model.kvElementsPerLayer;
  const flops = tokens * (2 * (rest + activeFfn(model)) + attend);
  return roofline(lpu, racks, bytes, flops) + model.layers * lpu.layerSeconds;
}

/**
 * Seconds one way of all layers' activations over the racks' links: a token goes once to every rack that holds one of its
 * experts, R·(1 − (1 − 1/R)^chosen) of R racks (every rack of a dense model), at `bytesEach` bytes an element.
 */
export function linkSeconds(
  model: Architecture,
  lpu: LpuSide,
  tokens: number,
  racks: number,
  bytesEach: number,
): number {
  const copies = model.experts ? racks * (1 - (1 - 1 / racks) ** model.experts.chosen) : racks;
  return (model.layers * tokens * model.hidden * bytesEach * copies) / (racks * lpu.linkBytesPerSecond);
}

function roofline(lpu: LpuSide, racks: number, bytes: number, flops: number): number {
  const reached = racks * lpu.efficiency;
  return Math.max(bytes / (reached * lpu.bytesPerSecond), flops / (reached * lpu.flopsPerSecond));
}
