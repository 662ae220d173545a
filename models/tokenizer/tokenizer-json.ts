// A tokenizer from Hugging Face's tokenizer.json, through @huggingface/tokenizers; decoding is our own, because text must
// stream and the library decodes a list at a time.
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { messageOf, UserError } from '../../src/core/errors.ts';
import { byteLevelBytes, sentencePieceBytes, type TokenKind } from './token-bytes.ts';
import { decodeAll, streamOf, type Tokenizer } from './tokenizer.ts';

/** What a tokenizer.json does not say, from the files beside it. */
export interface SpecialTokens {
  readonly bos: number | null;
  readonly eos: readonly number[];
}

/** A UserError names the file and what in it is not supported. */
export function tokenizerFromJson(
  json: unknown,
  config: unknown,
  special: SpecialTokens,
  fileName = 'tokenizer.json',
): Tokenizer {
  const library = openLibrary(json, config, fileName);
  const added = new Map<number, TokenKind>();
  for (const [id, token] of library.get_added_tokens_decoder()) added.set(id, token.special ? 'special' : 'literal');
  const kind = (id: number): TokenKind => added.get(id) ?? 'plain';
  const spelling = (id: number): string | undefined => library.id_to_token(id);
  const decoders = typesIn(objectAt(json, 'decoder'));
  const addsSpace = typesIn(objectAt(json, 'decoder')).includes('Strip') || decoders.includes('Metaspace');
  const known = decoders.includes('ByteLevel') || decoders.includes('ByteFallback') || decoders.includes('Metaspace');
  if (!known) {
    const found = decoders.join(', ') || 'none';
    throw new UserError(
      `${fileName}: decoder ${found} is not supported. Supported: ByteLevel, ByteFallback, Metaspace`,
    );
  }
  const bytesOf = decoders.includes('ByteLevel')
    ? byteLevelBytes(spelling, kind)
    : sentencePieceBytes(spelling, kind, addsSpace);
  return {
    vocab: vocabularySize(json, added),
    ...special,
    addsBos: special.bos !== null && library.encode('x').ids[0] === special.bos,
    encode: (text) => (text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids),
    decode: (tokens) => decodeAll(bytesOf, tokens),
    stream: () => streamOf(bytesOf),
  };
}

function openLibrary(json: unknown, config: unknown, fileName: string): Library {
  try {
    return new Library(json as object, (config ?? {}) as object);
  } catch (error) {
    throw new UserError(`${fileName}: ${messageOf(error)}`);
  }
}

/** Types named anywhere in a decoder, which may be a sequence of them. */
function typesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, decoders } = value as { type?: unknown; decoders?: unknown };
  return [
    ...(typeof type === 'string' && type !== 'Sequence' ? [type] : []),
    ...(Array.isArray(decoders) ? decoders.flatMap(typesIn) : []),
  ];
}

function objectAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** One more than the largest id. */
function vocabularySize(json: unknown, added: ReadonlyMap<number, TokenKind>): number {
  const vocab = objectAt(objectAt(json, 'model'), 'vocab');
  const ids = Array.isArray(vocab) ? [vocab.length - 1] : Object.values((vocab ?? {}) as Record<string, number>);
  return [...ids, ...added.keys()].reduce((largest, id) => Math.max(largest, id), -1) + 1;
}
