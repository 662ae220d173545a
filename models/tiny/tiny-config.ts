// The shape of the trained model and the size of its held-out text, before anything of either is read.
import type { DecoderConfig } from '../decoders.ts';
import { decoderFromConfig } from '../huggingface/config.ts';
import config from './config.json';
import training from './training.json';

/** Characters a window of held-out text foretells: the model's context. */
export const HELDOUT_CONTEXT = config.max_position_embeddings;

/** Windows of the held-out text that do not overlap; each holds one character more than it foretells. */
export const HELDOUT_WINDOWS = Math.floor((training.heldoutCharacters - 1) / HELDOUT_CONTEXT);

export function tinyConfig(): DecoderConfig {
  return decoderFromConfig(config, 'tiny', 'models/tiny/config.json');
}
