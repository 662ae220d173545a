import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from '../files/byte-source.ts';
import { openGguf } from '../gguf/header.ts';
import { tokenizerKeysFromJson } from '../gguf/tokenizer-keys.ts';
import { ByteWriter } from '../gguf/value-writer.ts';
import tinyJson from '../tiny/tokenizer.json';
import { findPreTokenizer, SUPPORTED_PRE_TOKENIZERS } from './pre-tokenizers.ts';
import { specialTokens } from './special-tokens.ts';
import { byteAlphabet } from './token-bytes.ts';
import { tokenizerFromGguf } from './tokenizer-gguf.ts';
import { tokenizerFromJson } from './tokenizer-json.ts';

const none = { bos: null, eos: [] };
const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const TAIL = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const QWEN = `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${TAIL}`;
const LLAMA3 = QWEN.replace('\\p{N}|', '\\p{N}{1,3}|');

/** Bytes, a few merges, and two added tokens, as a tokenizer.json of Llama 3's or Qwen's kind. */
function byteLevelJson(pattern: string): Record<string, unknown> {
  const tokens = [...byteAlphabet(), 'he', 'll', 'hell', 'Ġ3', '33'];
  return {
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: ['h e', 'l l', 'he ll', '3 3'],
    },
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [261], tokens: ['<s>'] } },
    },
    decoder: { type: 'ByteLevel' },
    added_tokens: [
      { id: 261, content: '<s>', special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
      {
        id: 262,
        content: '<tool>',
        special: false,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
      },
    ],
  };
}

/** Llama 2's kind: spaces as U+2581, bytes for what is no piece. */
function sentencePieceJson(): Record<string, unknown> {
  const pieces = [
    '<unk>',
    '<s>',
    ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  ];
  const vocab = [...pieces, '\u2581', 'h', 'i', '\u2581h', '\u2581hi'];
  return {
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
      merges: ['\u2581 h', '\u2581h i'],
      byte_fallback: true,
      fuse_unk: true,
      unk_token: '<unk>',
    },
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '\u2581' },
        { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    added_tokens: [
      { id: 1, content: '<s>', special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
    ],
  };
}

describe('tokenizerFromJson', () => {
  it('reads the tokenizer of the trained model: a token is a byte', () => {
    const tokenizer = tokenizerFromJson(tinyJson, { clean_up_tokenization_spaces: false }, none);
    const text = 'Enter ROMEO, é \n';
    expect(tokenizer.encode(text)).toEqual([...new TextEncoder().encode(text)]);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(tokenizer).toMatchObject({ vocab: 256, bos: null, eos: [], addsBos: false });
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('merges, knows added tokens, and says whether a text begins with one', () => {
    const tokenizer = tokenizerFromJson(byteLevelJson(LLAMA3), {}, { bos: 261, eos: [261] });
    expect(tokenizer.encode('hello<tool>')).toEqual([258, 'o'.charCodeAt(0), 262]);
    expect(tokenizer.decode([261, 258, 111, 262])).toBe('hello<tool>');
    expect(tokenizer).toMatchObject({ vocab: 263, addsBos: true });
    expect(tokenizerFromJson(byteLevelJson(LLAMA3), {}, none).addsBos).toBe(false);
  });

  it('takes digits as the pattern says', () => {
    const ids = (pattern: string) => tokenizerFromJson(byteLevelJson(pattern), {}, none).encode('333');
    expect(ids(LLAMA3)).toEqual([260, 51]);
    expect(ids(QWEN)).toEqual([51, 51, 51]);
  });

  it('reads SentencePiece’s kind: the first space is the tokenizer’s own, bytes come whole', () => {
    const tokenizer = tokenizerFromJson(sentencePieceJson(), {}, none);
    const tokens = tokenizer.encode('hi é');
    expect(tokens).toEqual([262, 258, 2 + 0xc3, 2 + 0xa9]);
    expect(tokenizer.decode(tokens)).toBe('hi é');
    const stream = tokenizer.stream();
    expect(tokens.map((token) => stream.push(token))).toEqual(['hi', ' ', '', 'é']);
    expect(tokenizer.decode([1, ...tokens.slice(0, 3)])).toBe(' hi ');
  });

  it('refuses a decoder it cannot stream, and what is no tokenizer', () => {
    const wordPiece = { ...byteLevelJson(QWEN), decoder: { type: 'WordPiece' } };
    expect(() => tokenizerFromJson(wordPiece, {}, none)).toThrow(
      'tokenizer.json: decoder WordPiece is not supported. Supported: ByteLevel',
    );
    for (const json of [null, 1, [], {}]) expect(() => tokenizerFromJson(json, {}, none)).toThrow(/^tokenizer\.json: /);
  });
});

describe('tokenizer keys for a GGUF file', () => {
  it.each([
    ['llama-bpe', LLAMA3],
    ['qwen2', QWEN],
  ])('%s: what is written gives the same tokens', async (pre, pattern) => {
    const json = byteLevelJson(pattern);
    const special = { bos: 261, eos: [261] };
    const keys = tokenizerKeysFromJson(json, special, true)!;
    expect(keys.find(([key]) => key === 'tokenizer.ggml.pre')![1]).toEqual({ string: pre });
    const writer = new ByteWriter();
    writer.bytes(new TextEncoder().encode('GGUF'));
    writer.u32(3);
    writer.u64(0);
    writer.u64(keys.length);
    for (const [key, value] of keys) writer.keyValue(key, value);
    const written = tokenizerFromGguf(await openGguf(sourceOfBytes('t.gguf', writer.finish())));
    const own = tokenizerFromJson(json, {}, special);
    expect(written).toMatchObject({ vocab: 263, bos: 261, eos: [261], addsBos: true });
    for (const text of ['hello 333 é\n\n', "We'LL <tool> hell", '  x']) {
      expect(written.encode(text), text).toEqual(own.encode(text));
      expect(written.decode(written.encode(text))).toBe(text);
    }
  });

  it('has no name for another way to cut words, nor for other models', () => {
    expect(tokenizerKeysFromJson(byteLevelJson('\\w+'), none, false)).toBeNull();
    expect(tokenizerKeysFromJson(sentencePieceJson(), none, false)).toBeNull();
    expect(tokenizerKeysFromJson({}, none, false)).toBeNull();
  });
});

describe('pre-tokenizers', () => {
  it('all compile, and lose nothing of a text', () => {
    const text = "I'll've  seen\n\n 1234 ÀÉß-ok_ 日本 🦙!\t";
    for (const kind of SUPPORTED_PRE_TOKENIZERS) {
      const pattern = findPreTokenizer(kind)!.patterns.at(-1)!;
      expect([...text.matchAll(new RegExp(pattern, 'gu'))].map(([word]) => word).join(''), kind).toBe(text);
    }
    // Single digits are cut off before anything else.
    expect(findPreTokenizer('smollm')!.patterns[0]).toBe('\\p{N}');
    expect(findPreTokenizer('toString')).toBeUndefined();
  });

  it.each([
    ['gpt-2', 'a 1234!', ['a', ' 1234', '!']],
    ['llama-bpe', "WE'LL 1234", ['WE', "'LL", ' ', '123', '4']],
    ['qwen2', 'x 12', ['x', ' ', '1', '2']],
    ['gpt-4o', "HelloWorld's 1234", ['Hello', "World's", ' ', '123', '4']],
    ['tekken', 'it12', ['it', '1', '2']],
    ['smollm', 'a 12', ['a', ' 12']],
  ])('%s cuts %j', (kind, text, expected) => {
    const pattern = new RegExp(findPreTokenizer(kind)!.patterns.at(-1)!, 'gu');
    expect(text.match(pattern)).toEqual(expected);
  });
});

describe('specialTokens', () => {
  const json = byteLevelJson(QWEN);
  it('believes ids in generation_config, then config, then names in tokenizer_config', () => {
    const settings = { bos_token: '<s>', eos_token: { content: '<tool>' } };
    expect(specialTokens(json, [{}, {}], settings)).toEqual({ bos: 261, eos: [262] });
    expect(specialTokens(json, [{}, { eos_token_id: 7 }], settings)).toEqual({ bos: 261, eos: [7] });
    expect(specialTokens(json, [{ eos_token_id: [8, 9] }, { eos_token_id: 7 }], settings)).toEqual({
      bos: 261,
      eos: [8, 9],
    });
    expect(specialTokens(json, [{ bos_token_id: null }, null], {})).toEqual({ bos: null, eos: [] });
    expect(specialTokens(null, ['x'], { eos_token: 'none' })).toEqual({ bos: null, eos: [] });
  });
});
