// Rotary position angles of a decoder, in f64: frequencies, Llama 3's scaling of them, and tables of cosines and sines.
import type { DecoderConfig } from './decoders.ts';

/**
 * Angle per position of each rotated pair, headDim/2 values: theta^(−2i/headDim), then Llama 3's scaling where the config
 * has one (formula of Hugging Face transformers, modeling_rope_utils.py, `llama3`).
 */
export function inverseFrequencies(config: Pick<DecoderConfig, 'headDim' | 'ropeTheta' | 'ropeScaling'>): Float64Array {
  const half = config.headDim / 2;
  return Float64Array.from({ length: half }, (_, i) => {
    const frequency = config.ropeTheta ** (-i / half);
    const scaling = config.ropeScaling;
    if (scaling === null) return frequency;
    const turns = (scaling.originalPositions * frequency) / (2 * Math.PI);
    if (turns < scaling.lowFreqFactor) return frequency / scaling.factor;
    if (turns > scaling.highFreqFactor) return frequency;
    const kept = (turns - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
    return ((1 - kept) * frequency) / scaling.factor + kept * frequency;
  });
}

/** Cosines and sines, `positions` rows of headDim/2. */
export function rotaryTables(
  config: Pick<DecoderConfig, 'headDim' | 'ropeTheta' | 'ropeScaling'>,
  positions: number,
): { readonly cos: Float64Array; readonly sin: Float64Array } {
  const frequencies = inverseFrequencies(config);
  const half = frequencies.length;
  const cos = new Float64Array(positions * half);
  const sin = new Float64Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      cos[position * half + i] = Math.cos(angle);
      sin[position * half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
