// Says before a byte is read why this project's engine cannot run a decoder on a device. Knows no weights.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import { matrixBytes } from '../../models/decoder-cost.ts';
import type { DecoderConfig } from '../../models/decoders.ts';
import type { Machine } from './machine.ts';

/** The reason to skip, or null. */
export function wgslLimit(
  { type }: DecoderCase,
  config: DecoderConfig,
  { device }: Pick<Machine, 'device'>,
): string | null {
  // The embedding and the head are int8 beside int4 layers.
  const table = matrixBytes(config.vocab * config.hidden, type === 'int4' ? 'int8' : type);
  const { count, intermediate } = config.experts ?? { count: 1, intermediate: config.intermediate };
  const mlp = 2 * matrixBytes(config.hidden * count * intermediate, type);
  for (const [what, bytes] of [
    ['the embedding table', table],
    ['gate and up of a layer', mlp],
  ] as const) {
    for (const limit of ['maxStorageBufferBindingSize', 'maxBufferSize'] as const) {
      if (bytes > device.limits[limit]) return `${limit} is ${device.limits[limit]} bytes here; ${what} needs ${bytes}`;
    }
  }
  return null;
}
