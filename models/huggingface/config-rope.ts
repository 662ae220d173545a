// Rotary settings of a config.json: `rope_theta` and `rope_scaling`, which newer files hold together in `rope_parameters`.
// Keys and defaults: Hugging Face transformers, modeling_rope_utils.py.
import { type DecoderConfig, ROPE_SCALINGS, type RopeScaling } from '../decoders.ts';
import type { ConfigFields } from './config-fields.ts';

export function readRope(config: ConfigFields): Pick<DecoderConfig, 'ropeTheta' | 'ropeScaling'> {
  const together = config.object('rope_parameters');
  const scaling = together ?? config.object('rope_scaling');
  return {
    ropeTheta: (together ?? config).positive('rope_theta', 10_000),
    ropeScaling: scaling && readScaling(config, scaling),
  };
}

function readScaling(config: ConfigFields, scaling: ConfigFields): RopeScaling | null {
  const kind = scaling.value('rope_type') ?? scaling.value('type') ?? 'default';
  if (kind === 'default') return null;
  const factor = (): number => scaling.positive('factor');
  const originalPositions = (): number =>
    scaling.count(
      'original_max_position_embeddings',
      kind === 'yarn' ? config.count('max_position_embeddings') : undefined,
    );
  switch (kind as RopeScaling['kind']) {
    case 'linear':
      return { kind: 'linear', factor: factor() };
    case 'llama3':
      return {
        kind: 'llama3',
        factor: factor(),
        lowFreqFactor: scaling.positive('low_freq_factor'),
        highFreqFactor: scaling.positive('high_freq_factor'),
        originalPositions: originalPositions(),
      };
    case 'yarn':
      scaling.allow('mscale', null);
      scaling.allow('mscale_all_dim', null);
      return {
        kind: 'yarn',
        factor: factor(),
        betaFast: scaling.positive('beta_fast', 32),
        betaSlow: scaling.positive('beta_slow', 1),
        originalPositions: originalPositions(),
        attentionFactor: scaling.positive('attention_factor', 0.1 * Math.log(Math.max(factor(), 1)) + 1),
        truncate: scaling.flag('truncate', true),
      };
    default: {
      const supported = ['default', ...ROPE_SCALINGS].join(', ');
      return config.refuse(`rope scaling ${JSON.stringify(kind)} is not supported. Supported: ${supported}`);
    }
  }
}
