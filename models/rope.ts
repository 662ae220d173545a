// Rotary position angles of a decoder, in f64: frequencies, their scalings, and tables of cosines and sines.
// Formulas of Hugging Face transformers, modeling_rope_utils.py.
import type { DecoderConfig, RopeScaling } from './decoders.ts';

type RopeConfig = Pick<DecoderConfig, 'headDim' | 'ropeTheta' | 'ropeScaling'>;

/** Angle per position of each rotated pair, headDim/2 values: theta^(−2i/headDim), then the config's scaling. */
export function inverseFrequencies({ headDim, ropeTheta, ropeScaling }: RopeConfig): Float64Array {
  const half = headDim / 2;
  const kept = ropeScaling ? keptShares(ropeScaling, half, ropeTheta) : null;
  return Float64Array.from({ length: half }, (_, i) => {
    const frequency = ropeTheta ** (-i / half);
    if (!ropeScaling || !kept) return frequency;
    return ((1 - kept[i]!) * frequency) / ropeScaling.factor + kept[i]! * frequency;
  });
}

/** How much of each pair's frequency is kept: 1 leaves it, 0 divides it by the factor. */
function keptShares(scaling: RopeScaling, half: number, theta: number): Float64Array {
  const share = (i: number): number => {
    if (scaling.kind === 'linear') return 0;
    if (scaling.kind === 'llama3') {
      const turns = (scaling.originalPositions * theta ** (-i / half)) / (2 * Math.PI);
      return (turns - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
    }
    // The pair that turns so often over the original context.
    const pair = (turns: number): number =>
      (half * Math.log(scaling.originalPositions / (turns * 2 * Math.PI))) / Math.log(theta);
    const [first, last] = [pair(scaling.betaFast), pair(scaling.betaSlow)];
    const low = Math.max(scaling.truncate ? Math.floor(first) : first, 0);
    const high = Math.min(scaling.truncate ? Math.ceil(last) : last, 2 * half - 1);
    return 1 - (i - low) / (high === low ? 0.001 : high - low);
  };
  return Float64Array.from({ length: half }, (_, i) => Math.min(1, Math.max(0, share(i))));
}

/** What cosines and sines are multiplied by: YaRN's attention factor, else 1. */
export function rotaryGain({ ropeScaling }: Pick<DecoderConfig, 'ropeScaling'>): number {
  return ropeScaling?.kind === 'yarn' ? ropeScaling.attentionFactor : 1;
}

/** Cosines and sines, `positions` rows of headDim/2. */
export function rotaryTables(
  config: RopeConfig,
  positions: number,
): { readonly cos: Float64Array; readonly sin: Float64Array } {
  const frequencies = inverseFrequencies(config);
  const gain = rotaryGain(config);
  const half = frequencies.length;
  const cos = new Float64Array(positions * half);
  const sin = new Float64Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      cos[position * half + i] = gain * Math.cos(angle);
      sin[position * half + i] = gain * Math.sin(angle);
    }
  }
  return { cos, sin };
}
