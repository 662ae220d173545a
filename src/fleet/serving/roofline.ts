// The baseline that the serving model must beat: one decode step as the larger of bytes over bandwidth and flops over peak,
// no overhead, no prompts. Has no parameter.
import { densePerToken, distinctExperts, kvElements, type Replica } from './step.ts';

/** Seconds per token with all requests decoding at once. */
export function rooflineSeconds({ model, chip, formats, layout, isl, osl }: Replica, concurrency: number): number {
  const context = isl + osl / 2;
  const experts = model.experts;
  const touched = experts ? experts.layers * distinctExperts(experts, concurrency) * experts.parametersEach : 0;
  const chosen = experts ? experts.layers * experts.chosen * experts.parametersEach : 0;
  const weights = densePerToken(model) * formats.denseBytes + touched * formats.expertBytes;
  const kv = kvElements(model, context) * formats.kvBytes * concurrency;
  const bandwidth = chip.memoryBandwidthGBs * 1e9 * layout.gpus;
  const flops = 2 * (densePerToken(model) + chosen) * concurrency;
  return Math.max((weights + kv) / bandwidth, flops / (formats.peak * layout.gpus));
}
