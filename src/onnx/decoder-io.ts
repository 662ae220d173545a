// What a decoder with Hugging Face's input and output names needs to be fed, read from its file. Knows no runtime.

import type { WeightType } from '../../models/decoder-cost.ts';
import type { DecoderConfig } from '../../models/decoders.ts';
import type { ModelInfo, TensorInfo } from '../../models/onnx/reader.ts';

export interface DecoderIo {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Size of the vocabulary; null where the file leaves it open. */
  readonly vocab: number | null;
  readonly cacheType: 'float32' | 'float16';
  readonly wantsPositions: boolean;
}

const CACHE_KEY = /^past_key_values\.(\d+)\.key$/;
const KNOWN = /^(input_ids|attention_mask|position_ids|past_key_values\.\d+\.(key|value))$/;

/** The interface of a decoder graph this project writes. */
export function decoderIoOf(config: DecoderConfig, type: WeightType): DecoderIo {
  const { layers, kvHeads, headDim, vocab } = config;
  return { layers, kvHeads, headDim, vocab, cacheType: type === 'f16' ? 'float16' : 'float32', wantsPositions: true };
}

/** The interface of a model file, or null when it is not such a decoder or wants inputs beside the known ones. */
export function findDecoderIo(info: ModelInfo): DecoderIo | null {
  const byName = new Map(info.inputs.map((input) => [input.name, input]));
  const keys = info.inputs.filter((input) => CACHE_KEY.test(input.name));
  const logits = info.outputs.find((output) => output.name === 'logits');
  const first = keys[0];
  if (!first || !logits || !byName.has('input_ids') || !byName.has('attention_mask')) return null;
  if (info.inputs.some((input) => !KNOWN.test(input.name))) return null;
  const [, kvHeads, , headDim] = first.dims;
  const cacheType = first.type;
  if (typeof kvHeads !== 'number' || typeof headDim !== 'number') return null;
  if (cacheType !== 'float32' && cacheType !== 'float16') return null;
  return {
    layers: keys.length,
    kvHeads,
    headDim,
    vocab: lastNumber(logits),
    cacheType,
    wantsPositions: byName.has('position_ids'),
  };
}

function lastNumber(info: TensorInfo): number | null {
  const last = info.dims.at(-1);
  return typeof last === 'number' ? last : null;
}
