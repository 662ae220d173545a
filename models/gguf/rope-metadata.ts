// Rotary settings of GGUF metadata. Llama 3's scaling is not among the keys: its files hold the factors that llama.cpp's
// converter computed from it, as the tensor rope_freqs. We compute them from the family's constants and compare.
import type { DecoderConfig, RopeScaling } from '../decoders.ts';
import { inverseFrequencies } from '../rope.ts';
import type { Metadata } from './metadata-keys.ts';

const SUPPORTED = 'none, linear, yarn, and the rope_freqs of Llama 3';

export function readRope(
  keys: Metadata,
  headDim: number,
  factors: Float32Array | null,
  gptOss: boolean,
): Pick<DecoderConfig, 'ropeTheta' | 'ropeScaling'> {
  const ropeTheta = keys.positive('rope.freq_base', 10_000);
  const kind = keys.text('rope.scaling.type') ?? 'none';
  if (factors) {
    if (kind !== 'none') keys.refuse(`rope scaling '${kind}' beside the tensor rope_freqs is not supported`);
    return { ropeTheta, ropeScaling: llama3Scaling(keys, headDim, ropeTheta, factors) };
  }
  if (kind === 'none') return { ropeTheta, ropeScaling: null };
  if (kind === 'linear') return { ropeTheta, ropeScaling: { kind, factor: keys.positive('rope.scaling.factor') } };
  if (kind === 'yarn') return { ropeTheta, ropeScaling: yarnScaling(keys, gptOss) };
  return keys.refuse(`rope scaling '${kind.slice(0, 40)}' is not supported. Supported: ${SUPPORTED}`);
}

function yarnScaling(keys: Metadata, gptOss: boolean): RopeScaling {
  const factor = keys.positive('rope.scaling.factor');
  const extra = keys.positive('rope.scaling.attn_factor', 1);
  return {
    kind: 'yarn',
    factor,
    betaFast: keys.positive('rope.scaling.yarn_beta_fast', 32),
    betaSlow: keys.positive('rope.scaling.yarn_beta_slow', 1),
    originalPositions: keys.count('rope.scaling.original_context_length'),
    attentionFactor: extra * (0.1 * Math.log(Math.max(factor, 1)) + 1),
    // llama.cpp rounds the blend's ends to whole pairs for every model; gpt-oss's authors do not.
    truncate: !gptOss,
  };
}

/** The Llama 3 scaling whose factors these are; a UserError when they are none of its. */
function llama3Scaling(keys: Metadata, headDim: number, ropeTheta: number, factors: Float32Array): RopeScaling {
  const refuse = (): never =>
    keys.refuse(`the tensor rope_freqs holds factors of no scaling we know. Supported: ${SUPPORTED}`);
  const factor = Number(Math.max(...factors).toPrecision(6));
  if (factors.length !== headDim / 2 || !(factor > 1)) refuse();
  const scaling: RopeScaling = { kind: 'llama3', factor, lowFreqFactor: 1, highFreqFactor: 4, originalPositions: 8192 };
  const plain = inverseFrequencies({ headDim, ropeTheta, ropeScaling: null });
  const scaled = inverseFrequencies({ headDim, ropeTheta, ropeScaling: scaling });
  // The factors are f32, and so is what the converter computed them from.
  const agree = factors.every((value, i) => Math.abs(plain[i]! / scaled[i]! / value - 1) < 1e-4);
  return agree ? scaling : refuse();
}
