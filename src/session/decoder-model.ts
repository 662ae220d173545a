// A decoder by the name a case gives it: its weights in the case's type, what it is prompted with, what its tokens mean.
// Knows no runtime.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import { TINY } from '../../models/decoder-cases.ts';
import type { WeightType } from '../../models/decoder-cost.ts';
import { type DecoderConfig, findDecoder } from '../../models/decoders.ts';
import { seededWeights } from '../../models/onnx/seeded-weights.ts';
import { retypedWeights } from '../../models/retyped-weights.ts';
import { tinyConfig } from '../../models/tiny/tiny-config.ts';
import type { WeightSource } from '../../models/weight-source.ts';
import { seededPrompt } from '../bench/generate.ts';
import type { HeldoutText } from '../bench/perplexity.ts';
import type { Detokenise } from '../bench/text-stream.ts';

export interface DecoderModel {
  readonly name: string;
  readonly config: DecoderConfig;
  /** Already of `type`. */
  readonly weights: WeightSource;
  readonly type: WeightType;
  /** Where the numbers come from, in a word or two, for the row. */
  readonly origin: 'random, seeded' | 'trained' | 'as in the file';
  /** Of seeded weights; null for trained ones. */
  readonly seed: number | null;
  prompt(tokens: number): number[];
  readonly detokenise: Detokenise | null;
  /** Text it was not trained on; null where there is none. */
  heldout(windows: number | 'whole'): Promise<HeldoutText | null>;
}

/** Reads the trained model's weights, which lie in another place in a browser than in Node. */
export type OpenTiny = () => Promise<WeightSource>;

/** The shape alone, before anything is read. */
export function configOf({ model }: Pick<DecoderCase, 'model'>): DecoderConfig {
  return model === TINY ? tinyConfig() : findDecoder(model);
}

export async function loadDecoderModel(
  { model, type }: Pick<DecoderCase, 'model' | 'type'>,
  seed: number,
  openTiny: OpenTiny,
): Promise<DecoderModel> {
  if (model === TINY) return tinyModel(await openTiny(), type);
  const config = findDecoder(model);
  return {
    ...{ name: model, config, type, seed },
    weights: seededWeights(config, type, seed),
    origin: 'random, seeded',
    prompt: (tokens) => seededPrompt(seed, tokens, config.vocab),
    detokenise: null,
    heldout: async () => null,
  };
}

async function tinyModel(source: WeightSource, type: WeightType): Promise<DecoderModel> {
  const { heldoutPrompt, heldoutWindows, textOf } = await import('../../models/tiny/heldout.ts');
  return {
    ...{ name: TINY, config: source.config, type, seed: null },
    weights: retypedWeights(source, type),
    origin: 'trained',
    prompt: heldoutPrompt,
    detokenise: textOf,
    heldout: async (windows) => heldoutWindows(windows),
  };
}
