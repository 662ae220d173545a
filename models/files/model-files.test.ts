import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tinyWeightsUrl } from '../tiny/open-tiny.ts';
import { type ByteSource, sourceOfBytes } from './byte-source.ts';
import { isModelFile, openModelFiles } from './model-files.ts';

const file = (name: string, as = name): ByteSource => sourceOfBytes(as, readFileSync(new URL(name, tinyWeightsUrl())));
const text = (name: string, value: unknown): ByteSource =>
  sourceOfBytes(name, new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
const weights = file('model.safetensors');
const config = file('config.json');

describe('openModelFiles', () => {
  it('opens safetensors with config and tokenizer', async () => {
    const model = await openModelFiles(
      [weights, file('tokenizer.json'), file('tokenizer_config.json'), config],
      'tiny',
    );
    expect(model).toMatchObject({ name: 'tiny', tokenizerLacks: null, contextLength: 256, weightBytes: weights.size });
    expect(model.weights.config).toMatchObject({ name: 'tiny', hidden: 192 });
    expect(model.tokenizer!.encode('ab')).toEqual([97, 98]);
  });

  it('opens them without a tokenizer, and says what lacks', async () => {
    const model = await openModelFiles([weights, config]);
    expect(model).toMatchObject({
      name: 'model.safetensors',
      tokenizer: null,
      tokenizerLacks: 'there is no tokenizer.json',
    });
    const unknown = text('tokenizer.json', { model: { type: 'Unigram' } });
    expect((await openModelFiles([weights, config, unknown])).tokenizerLacks).toMatch(/^tokenizer\.json: /);
  });

  it('opens the shards that an index names', async () => {
    const index = text('model.safetensors.index.json', { weight_map: { a: 'model.safetensors' } });
    expect((await openModelFiles([weights, config, index])).weightBytes).toBe(weights.size);
    const missing = text('model.safetensors.index.json', { weight_map: { a: 'model-00002-of-00002.safetensors' } });
    await expect(openModelFiles([weights, config, missing])).rejects.toThrow(
      "model.safetensors.index.json names 'model-00002-of-00002.safetensors', which is not among the files",
    );
    await expect(openModelFiles([weights, config, text('model.safetensors.index.json', {})])).rejects.toThrow(
      'weight_map is missing',
    );
  });

  it.each<[string, ByteSource[], string]>([
    ['nothing', [], 'no model among the files (none). Supported: a .gguf file, or .safetensors with config.json'],
    ['something else', [text('a.txt', '')], 'no model among the files (a.txt)'],
    ['no config', [weights], 'model.safetensors: needs the config.json that belongs to it'],
    ['a config that is not JSON', [weights, text('config.json', '{')], 'config.json: is not JSON'],
    ['two GGUF files', [text('a.gguf', ''), text('b.gguf', '')], '2 GGUF files: a.gguf, b.gguf. Name the one to open'],
    ['two formats', [text('a.gguf', ''), weights], 'both a GGUF file and safetensors: give one of them'],
    ['a part of a GGUF', [text('a-00001-of-00002.gguf', '')], 'one part of a split GGUF; parts are not joined'],
  ])('%s is refused', async (_, files, message) => {
    await expect(openModelFiles(files)).rejects.toThrow(message);
  });
});

it('knows which files belong to a model', () => {
  const names = [
    'a.gguf',
    'B.SAFETENSORS',
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'generation_config.json',
  ];
  expect(names.every(isModelFile)).toBe(true);
  expect(['train.py', 'training.json', 'a.gguf.part', 'package.json'].some(isModelFile)).toBe(false);
});
