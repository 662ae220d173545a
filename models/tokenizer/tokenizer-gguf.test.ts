import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from '../files/byte-source.ts';
import { type GgufFile, type MetadataValue, openGguf } from '../gguf/header.ts';
import { tokenizerFromGguf } from './tokenizer-gguf.ts';

const at = (name: string): URL => new URL(`../conformance/gguf/ggml-vocab-${name}.gguf`, import.meta.url);
const open = (name: string): Promise<GgufFile> => openGguf(sourceOfBytes(`${name}.gguf`, readFileSync(at(name))));
const [gpt2, llama] = [await open('gpt-2'), await open('llama-spm')];
const tokenizers = { 'gpt-2': tokenizerFromGguf(gpt2), 'llama-spm': tokenizerFromGguf(llama) } as const;
const names = ['gpt-2', 'llama-spm'] as const;
const strings = (name: string) => readFileSync(new URL(`${at(name)}.inp`), 'utf8').split('\n__ggml_vocab_test__\n');

function changed(file: GgufFile, changes: Record<string, MetadataValue | undefined>): GgufFile {
  const metadata = new Map(file.metadata);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) metadata.delete(`tokenizer.ggml.${key}`);
    else metadata.set(`tokenizer.ggml.${key}`, value);
  }
  return { ...file, metadata };
}

describe('tokenizerFromGguf', () => {
  it.each(names)("%s gives llama.cpp's ids for every test string", (name) => {
    const expected = readFileSync(new URL(`${at(name)}.out`), 'utf8').split('\n');
    const texts = strings(name).slice(0, -1);
    expect(texts.length).toBeGreaterThan(40);
    for (const [i, text] of texts.entries()) {
      expect(tokenizers[name].encode(text), JSON.stringify(text)).toEqual(
        expected[i]!.trim().split(' ').filter(Boolean).map(Number),
      );
    }
  });

  it.each(names)('%s gives the text back, also when it comes token by token', (name) => {
    const tokenizer = tokenizers[name];
    for (const text of strings(name)) {
      const tokens = tokenizer.encode(text);
      expect(tokenizer.decode(tokens)).toBe(text);
      const stream = tokenizer.stream();
      const pieces = tokens.map((token) => stream.push(token));
      expect(pieces.join('') + stream.end()).toBe(text);
      expect(pieces.every((piece) => !piece.includes('\ufffd'))).toBe(true);
    }
  });

  it.each(names)('%s holds back a character until its last byte, and gives up on it at the end', (name) => {
    const tokenizer = tokenizers[name];
    const tokens = tokenizer.encode('🦙');
    expect(tokens.length).toBeGreaterThan(1);
    const stream = tokenizer.stream();
    for (const token of tokens.slice(0, -1)) expect(stream.push(token).trim()).toBe('');
    expect(tokenizer.decode(tokens.slice(0, -1)).trim()).toBe('');
    expect(stream.push(tokens.at(-1)!).trim()).toBe('🦙');
    const cut = tokenizer.stream();
    for (const token of tokens.slice(0, -1)) cut.push(token);
    expect(cut.end()).toBe('\ufffd');
  });

  it('knows the vocabulary and its special tokens, which stand for no text', () => {
    expect(tokenizers['gpt-2']).toMatchObject({ vocab: 50257, bos: 50256, eos: [50256], addsBos: false });
    expect(tokenizers['llama-spm']).toMatchObject({ vocab: 32000, bos: 1, eos: [2], addsBos: true });
    expect(tokenizers['llama-spm'].decode([1, 15043, 2])).toBe(' Hello');
    expect(tokenizers['gpt-2'].decode([15496, 50256, 995])).toBe('Hello world');
  });

  it.each<[string, GgufFile, Record<string, MetadataValue | undefined>, string]>([
    [
      'another model',
      gpt2,
      { model: 'bert' },
      "model 'bert' is not supported. Supported: gpt2 (byte-level BPE), llama (Sent",
    ],
    ['no model', gpt2, { model: undefined }, "model 'none' is not supported"],
    [
      'another way to cut words',
      gpt2,
      { pre: 'viking' },
      "pre 'viking' is not supported. Supported: gpt-2, olmo, llama-bpe",
    ],
    ['no tokens', gpt2, { tokens: undefined }, 'tokens is missing'],
    ['tokens that are numbers', gpt2, { tokens: Int32Array.of(1) }, 'tokens is no list of strings'],
    ['no merges', gpt2, { merges: undefined }, 'merges is missing'],
    ['an end beyond the vocabulary', gpt2, { eos_token_id: 60000 }, 'eos_token_id 60000 is no token; there are 50257'],
    ['scores of another length', llama, { scores: new Float32Array(3) }, 'scores must be 32000 of float32'],
    ['kinds of another length', llama, { token_type: new Int32Array(3) }, 'token_type must be 32000 of int32'],
    ['a flag that is a number', llama, { add_bos_token: 1 }, 'add_bos_token must be true or false'],
  ])('%s is refused by name', (_, file, changes, message) => {
    expect(() => tokenizerFromGguf(changed(file, changes))).toThrow(`${file.source.name}: tokenizer.ggml: ${message}`);
  });
});
