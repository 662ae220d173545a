// A decoder by the name a case gives it: its weights in the case's type, what it is prompted with, what its tokens mean.
// Knows no runtime.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import { TINY } from '../../models/decoder-cases.ts';
import type { WeightType } from '../../models/decoder-cost.ts';
import { type DecoderConfig, findDecoder } from '../../models/decoders.ts';
import { seededWeights } from '../../models/onnx/seeded-weights.ts';
import { retypedWeights, type TableForm } from '../../models/retyped-weights.ts';
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
  /** Tells its numbers from those of any other model, type or seed. */
  readonly key: string;
  /** Where the numbers come from, in a word or two, for the row. */
  readonly origin: 'random, seeded' | 'trained' | 'as in the file';
  /** Of the file it was read from; absent for weights that were made. */
  readonly fileBytes?: number;
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

/** Each runtime gets int4 in the form it would have it; the reference computes with the same numbers. */
export async function loadDecoderModel(
  { model, type, runtime }: Pick<DecoderCase, 'model' | 'type' | 'runtime'>,
  seed: number,
  openTiny: OpenTiny,
): Promise<DecoderModel> {
  const tables: TableForm = runtime === 'wgsl' ? 'int8' : 'onnx';
  const key = [model, type, seed, type === 'int4' ? tables : ''].join(' ');
  if (model === TINY) return tinyModel(await openTiny(), type, tables, key);
  const config = findDecoder(model);
  const drawn = seededWeights(config, type === 'int8' ? 'f32' : type, seed);
  return {
    ...{ name: model, config, type, seed, key },
    weights: type === 'int8' || (type === 'int4' && tables === 'int8') ? retypedWeights(drawn, type, tables) : drawn,
    origin: 'random, seeded',
    prompt: (tokens) => seededPrompt(seed, tokens, config.vocab),
    detokenise: null,
    heldout: async () => null,
  };
}

async function tinyModel(
  source: WeightSource,
  type: WeightType,
  tables: TableForm,
  key: string,
): Promise<DecoderModel> {
  const { heldoutPrompt, heldoutWindows, textOf } = await import('../../models/tiny/heldout.ts');
  return {
    ...{ name: TINY, config: source.config, type, seed: null, key },
    weights: retypedWeights(source, type, tables),
    origin: 'trained',
    prompt: heldoutPrompt,
    detokenise: textOf,
    heldout: async (windows) => heldoutWindows(windows),
  };
}
