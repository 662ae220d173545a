// The trained model of this folder as a weight source. Where the page lies, its files are assets beside the scripts.
import { type ByteSource, sourceOfBytes } from '../files/byte-source.ts';
import { decoderFromConfig } from '../huggingface/config.ts';
import { openSafetensors } from '../safetensors/reader.ts';
import { safetensorsWeights } from '../safetensors/weights.ts';
import type { WeightSource } from '../weight-source.ts';
import config from './config.json';

export const TINY_NAME = 'tiny';

/** Address of the weights: an asset of the built page; in a source tree, the file itself. */
export function tinyWeightsUrl(): URL {
  return new URL('./model.safetensors', import.meta.url);
}

export async function openTiny(file: ByteSource): Promise<WeightSource> {
  return safetensorsWeights(decoderFromConfig(config, TINY_NAME, 'models/tiny/config.json'), [
    await openSafetensors(file),
  ]);
}

/** The weights fetched from the page's own origin. */
export async function fetchTiny(): Promise<WeightSource> {
  const answer = await fetch(tinyWeightsUrl());
  if (!answer.ok) throw new Error(`model.safetensors: answers ${answer.status} ${answer.statusText}`.trimEnd());
  return openTiny(sourceOfBytes('models/tiny/model.safetensors', new Uint8Array(await answer.arrayBuffer())));
}
