// What a whole decoder case costs before it runs: the generations, the forced one, the held-out text, the reference.
// Knows no runtime object and no clock.
import { type AttentionForm, type DecoderCase, onnxProvider } from './decoder-cases.ts';
import { type Cost, generationCost, prefillCost, weightBytes } from './decoder-cost.ts';
import type { DecoderConfig } from './decoders.ts';

/** Warm generations of a decoder case when the harness does not say. */
export const DECODER_REPEATS = 2;

export interface DecoderEstimate extends Cost {
  /** Bytes of the model, all of which are generated or read, loaded and uploaded before the first run. */
  readonly weightBytes: number;
  /** Forward passes of the runtime under test: prompts, decode steps and windows of held-out text. */
  readonly runs: number;
  /** GPU dispatches over all those passes on onnxruntime's webgpu provider; 0 elsewhere. */
  readonly dispatches: number;
  /** Operations of the reference's passes. */
  readonly referenceFlops: number;
}

/** The cold generation, `repeats` warm ones, the forced one, `windows` of held-out text of `context` tokens, and the reference. */
export function estimateDecoderCost(
  item: DecoderCase,
  config: DecoderConfig,
  repeats = DECODER_REPEATS,
  heldout: { readonly windows: number; readonly context: number } = { windows: 0, context: 0 },
): DecoderEstimate {
  const generations = 2 + repeats;
  const one = generationCost(config, item.type, item.prompt, item.newTokens);
  const pass = prefillCost(config, item.type, heldout.context);
  const runs = generations * item.newTokens + heldout.windows;
  const sequences = item.batch;
  const dispatches = dispatchesPerRun(config, item.attention ?? 'plain');
  return {
    flops: generations * sequences * one.flops + heldout.windows * pass.flops,
    bytes: generations * one.bytes + heldout.windows * pass.bytes,
    weightBytes: weightBytes(config, item.type),
    runs,
    dispatches: onnxProvider(item.runtime) === 'ort-webgpu' ? runs * dispatches : 0,
    referenceFlops: one.flops + (heldout.windows > 0 ? pass.flops : 0),
  };
}

/** About how many GPU dispatches onnxruntime-web 1.30 makes in one run of a graph this project writes (its profiler: test-4x128 218 plain, 121 gqa). */
export function dispatchesPerRun(config: DecoderConfig, attention: AttentionForm): number {
  const perLayer = (attention === 'plain' ? 50 : 25) + (config.qkNorm ? 12 : 0) + (config.qkvBias ? 3 : 0);
  return config.layers * perLayer + 20;
}
