// A model from the files it consists of, wherever they lie: one GGUF file, or safetensors with the config and tokenizer beside
// them. Knows no runtime.
import { messageOf, UserError } from '../../src/core/errors.ts';
import { openGguf } from '../gguf/header.ts';
import type { WrittenMetadata } from '../gguf/metadata-of.ts';
import { tokenizerKeysFromJson, tokenizerKeysOf } from '../gguf/tokenizer-keys.ts';
import { ggufWeights } from '../gguf/weights.ts';
import { decoderFromConfig } from '../huggingface/config.ts';
import { openSafetensors, type SafetensorsFile } from '../safetensors/reader.ts';
import { safetensorsWeights } from '../safetensors/weights.ts';
import { specialTokens } from '../tokenizer/special-tokens.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { WeightSource } from '../weight-source.ts';
import { type ByteSource, readBytes } from './byte-source.ts';

export interface LoadedModel {
  /** What a result file may call it: never a path of this machine. */
  readonly name: string;
  readonly weights: WeightSource;
  /** Null where the files have none that is supported; `tokenizerLacks` says why. */
  readonly tokenizer: Tokenizer | null;
  readonly tokenizerLacks: string | null;
  /** The tokenizer as GGUF metadata; null where GGUF has no name for its kind. */
  readonly ggufTokenizer: WrittenMetadata | null;
  /** Longest context the model was made for, tokens; null where the files do not say. */
  readonly contextLength: number | null;
  /** Bytes of the files with weights. */
  readonly weightBytes: number;
}

/** JSON files are small; a hostile one is not read whole. */
const LARGEST_JSON = 2 ** 26;
const INDEX = 'model.safetensors.index.json';

/** Whether files of that name make or accompany a model that is read here. */
export function isModelFile(name: string): boolean {
  return (
    /\.(gguf|safetensors)$/i.test(name) || /^(config|generation_config|tokenizer|tokenizer_config)\.json$/.test(name)
  );
}

/** A UserError says what is missing, ambiguous or not supported; names are those of the files, without folders. */
export async function openModelFiles(files: readonly ByteSource[], name?: string): Promise<LoadedModel> {
  const gguf = files.filter((file) => /\.gguf$/i.test(file.name));
  const tensors = files.filter((file) => /\.safetensors$/i.test(file.name));
  if (gguf.length > 0 && tensors.length > 0) throw new UserError('both a GGUF file and safetensors: give one of them');
  if (gguf.length > 1) {
    throw new UserError(`${gguf.length} GGUF files: ${gguf.map((file) => file.name).join(', ')}. Name the one to open`);
  }
  if (gguf[0]) return openGgufModel(gguf[0], name);
  if (tensors.length > 0) return openSafetensorsModel(files, tensors, name);
  const found = files.map((file) => file.name).join(', ') || 'none';
  throw new UserError(`no model among the files (${found}). Supported: a .gguf file, or .safetensors with config.json`);
}

async function openGgufModel(source: ByteSource, name = source.name): Promise<LoadedModel> {
  if (/-\d{5}-of-\d{5}\.gguf$/i.test(source.name)) {
    throw new UserError(
      `${source.name}: one part of a split GGUF; parts are not joined. Merge them with llama-gguf-split`,
    );
  }
  const file = await openGguf(source);
  const weights = await ggufWeights(file, name);
  const context = file.metadata.get(`${file.metadata.get('general.architecture')}.context_length`);
  return {
    ...{ name, weights, weightBytes: source.size, contextLength: typeof context === 'number' ? context : null },
    ...(await tokenizerOr(async () => {
      const { tokenizerFromGguf } = await import('../tokenizer/tokenizer-gguf.ts');
      return { tokenizer: tokenizerFromGguf(file), ggufTokenizer: tokenizerKeysOf(file) };
    })),
  };
}

async function openSafetensorsModel(
  files: readonly ByteSource[],
  tensors: readonly ByteSource[],
  name = tensors[0]!.name,
): Promise<LoadedModel> {
  const find = (wanted: string): ByteSource | undefined => files.find((file) => file.name === wanted);
  const config = find('config.json');
  if (!config)
    throw new UserError(`${tensors[0]!.name}: needs the config.json that belongs to it; give both, or their folder`);
  const json = await readJson(config);
  const shape = decoderFromConfig(json, name);
  const opened: SafetensorsFile[] = [];
  for (const source of await shardsOf(tensors, find(INDEX))) opened.push(await openSafetensors(source));
  const context = (json as Record<string, unknown>).max_position_embeddings;
  return {
    name,
    weights: safetensorsWeights(shape, opened),
    weightBytes: opened.reduce((sum, { source }) => sum + source.size, 0),
    contextLength: typeof context === 'number' ? context : null,
    ...(await tokenizerOr(() => readTokenizer(find, json))),
  };
}

/** The files that the index names, where there is one; each must be here. */
async function shardsOf(tensors: readonly ByteSource[], index: ByteSource | undefined): Promise<readonly ByteSource[]> {
  if (!index) return tensors;
  const { weight_map: map } = (await readJson(index)) as { weight_map?: unknown };
  if (typeof map !== 'object' || map === null) throw new UserError(`${index.name}: weight_map is missing`);
  return [...new Set(Object.values(map as Record<string, unknown>))].map((name) => {
    const shard = tensors.find((file) => file.name === name);
    return shard ?? refuseShard(index.name, String(name));
  });
}

function refuseShard(index: string, name: string): never {
  throw new UserError(`${index} names '${name.slice(0, 80)}', which is not among the files`);
}

async function readTokenizer(find: (name: string) => ByteSource | undefined, config: unknown): Promise<Tokenizers> {
  const file = find('tokenizer.json');
  if (!file) throw new UserError('there is no tokenizer.json');
  const optional = async (name: string): Promise<unknown> => {
    const found = find(name);
    return found ? readJson(found) : {};
  };
  const json = await readJson(file);
  const settings = await optional('tokenizer_config.json');
  const special = specialTokens(json, [await optional('generation_config.json'), config], settings);
  const { tokenizerFromJson } = await import('../tokenizer/tokenizer-json.ts');
  const tokenizer = tokenizerFromJson(json, settings, special);
  return { tokenizer, ggufTokenizer: tokenizerKeysFromJson(json, special, tokenizer.addsBos) };
}

interface Tokenizers {
  readonly tokenizer: Tokenizer;
  readonly ggufTokenizer: WrittenMetadata | null;
}

/** Speed can be measured without a tokenizer; why there is none is told. */
async function tokenizerOr(
  make: () => Promise<Tokenizers>,
): Promise<Pick<LoadedModel, 'tokenizer' | 'tokenizerLacks' | 'ggufTokenizer'>> {
  try {
    return { ...(await make()), tokenizerLacks: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { tokenizer: null, tokenizerLacks: messageOf(error), ggufTokenizer: null };
  }
}

async function readJson(source: ByteSource): Promise<unknown> {
  if (source.size > LARGEST_JSON) {
    throw new UserError(`${source.name}: ${source.size} bytes; at most ${LARGEST_JSON} are read of a JSON file`);
  }
  const bytes = await readBytes(source, 0, source.size, 'JSON');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new UserError(`${source.name}: is not JSON`);
  }
}
