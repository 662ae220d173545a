// Says before a byte is read why this project's engine cannot run a decoder on a device. Knows no weights.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import type { WeightType } from '../../models/decoder-cost.ts';
import type { DecoderConfig } from '../../models/decoders.ts';
import { engineLimit } from '../engine/limits.ts';
import type { CacheType } from '../engine/workspace.ts';
import type { Machine } from './machine.ts';

/** Keys and values are kept as the weights are, but never quantised. */
export function cacheTypeFor(type: WeightType): CacheType {
  return type === 'f16' ? 'f16' : 'f32';
}

/** The reason to skip, or null. */
export function wgslLimit(
  { type, prompt, newTokens, batch }: DecoderCase,
  config: DecoderConfig,
  { device }: Pick<Machine, 'device'>,
): string | null {
  const room = { weightType: type, cacheType: cacheTypeFor(type), maxContext: prompt + newTokens, batch };
  return engineLimit(config, room, device.limits);
}
