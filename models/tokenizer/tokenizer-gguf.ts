// A tokenizer from the metadata of a GGUF file: byte-level BPE (`gpt2`) becomes what tokenizer.json would say; SentencePiece
// (`llama`) is our own code.
import { UserError } from '../../src/core/errors.ts';
import type { GgufFile, MetadataValue } from '../gguf/header.ts';
import { findPreTokenizer, SUPPORTED_PRE_TOKENIZERS } from './pre-tokenizers.ts';
import { sentencePieceEncoder } from './sentence-piece.ts';
import { sentencePieceBytes, type TokenKind } from './token-bytes.ts';
import { decodeAll, streamOf, type Tokenizer } from './tokenizer.ts';
import { type SpecialTokens, tokenizerFromJson } from './tokenizer-json.ts';

/** llama.cpp's kinds of tokens that are not plain pieces. */
const KIND = { unknown: 2, control: 3, userDefined: 4 } as const;

/** A UserError names the file, the key, what it holds and what is supported. */
export function tokenizerFromGguf(file: GgufFile): Tokenizer {
  const keys = new TokenizerKeys(file);
  const model = keys.text('model');
  if (model === 'gpt2') return byteLevelTokenizer(keys);
  if (model === 'llama') return sentencePieceTokenizer(keys);
  return keys.refuse(
    `model '${(model ?? 'none').slice(0, 40)}' is not supported. Supported: gpt2 (byte-level BPE), llama (SentencePiece)`,
  );
}

function byteLevelTokenizer(keys: TokenizerKeys): Tokenizer {
  const name = keys.text('pre') ?? 'none';
  const pre = findPreTokenizer(name);
  if (!pre) {
    return keys.refuse(
      `pre '${name.slice(0, 40)}' is not supported. Supported: ${SUPPORTED_PRE_TOKENIZERS.join(', ')}`,
    );
  }
  const tokens = keys.strings('tokens');
  const kinds = keys.kinds(tokens.length);
  const added = [...kinds].flatMap((kind, id) =>
    kind === KIND.control || kind === KIND.userDefined
      ? [{ id, content: tokens[id]!, special: kind === KIND.control, ...AS_IS }]
      : [],
  );
  const json = {
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: keys.strings('merges'),
      ignore_merges: pre.wholeWords,
      byte_fallback: false,
    },
    normalizer: pre.normalizer && { type: pre.normalizer },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...pre.patterns.map((Regex) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false })),
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    added_tokens: added,
  };
  const made = tokenizerFromJson(json, {}, keys.special(tokens.length), keys.fileName);
  return {
    ...made,
    vocab: tokens.length,
    addsBos: made.bos !== null && keys.flag('add_bos_token', name === 'llama-bpe'),
  };
}

const AS_IS = { single_word: false, lstrip: false, rstrip: false, normalized: false } as const;

function sentencePieceTokenizer(keys: TokenizerKeys): Tokenizer {
  const pieces = keys.strings('tokens');
  const scores = keys.scores(pieces.length);
  const kinds = keys.kinds(pieces.length);
  const addsSpace = keys.flag('add_space_prefix', true);
  const kind = (id: number): TokenKind => {
    if (kinds[id] === KIND.control || kinds[id] === KIND.unknown) return 'special';
    return kinds[id] === KIND.userDefined ? 'literal' : 'plain';
  };
  const bytesOf = sentencePieceBytes((id) => pieces[id], kind, addsSpace);
  const { bos, eos } = keys.special(pieces.length);
  return {
    vocab: pieces.length,
    bos,
    eos,
    addsBos: bos !== null && keys.flag('add_bos_token', true),
    encode: sentencePieceEncoder({
      pieces,
      scores,
      unknown: keys.id('unknown_token_id', pieces.length) ?? 0,
      addsSpace,
    }),
    decode: (tokens) => decodeAll(bytesOf, tokens),
    stream: () => streamOf(bytesOf),
  };
}

/** Keys below `tokenizer.ggml.`, read by what they must be. */
class TokenizerKeys {
  readonly fileName: string;
  private readonly metadata: GgufFile['metadata'];

  constructor({ source, metadata }: GgufFile) {
    this.fileName = source.name;
    this.metadata = metadata;
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    return typeof value === 'string' ? value : undefined;
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.value(key) ?? absent;
    return typeof value === 'boolean' ? value : this.refuse(`${key} must be true or false`);
  }

  strings(key: string): readonly string[] {
    const value = this.value(key);
    const strings = Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
    return strings ?? this.refuse(`${key} ${value === undefined ? 'is missing' : 'is no list of strings'}`);
  }

  scores(count: number): Float32Array {
    const value = this.value('scores');
    return value instanceof Float32Array && value.length === count
      ? value
      : this.refuse(`scores must be ${count} of float32`);
  }

  /** Kind of every token; all plain where the file does not say. */
  kinds(count: number): ArrayLike<number> & Iterable<number> {
    const value = this.value('token_type') ?? new Int32Array(count).fill(1);
    return value instanceof Int32Array && value.length === count
      ? value
      : this.refuse(`token_type must be ${count} of int32`);
  }

  special(count: number): SpecialTokens {
    const ends = ['eos_token_id', 'eot_token_id', 'eom_token_id'].map((key) => this.id(key, count));
    return { bos: this.id('bos_token_id', count), eos: [...new Set(ends.filter((id) => id !== null))] };
  }

  id(key: string, count: number): number | null {
    const value = this.value(key);
    if (value === undefined) return null;
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < count;
    return fits ? value : this.refuse(`${key} ${String(value).slice(0, 40)} is no token; there are ${count}`);
  }

  refuse(what: string): never {
    throw new UserError(`${this.fileName}: tokenizer.ggml: ${what}`);
  }

  private value(key: string): MetadataValue | undefined {
    return this.metadata.get(`tokenizer.ggml.${key}`);
  }
}
