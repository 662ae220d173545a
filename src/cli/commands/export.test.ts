// The trained model written in each format, and what was written read back.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModelFiles } from '../../../models/files/model-files.ts';
import { inspectModel } from '../../../models/onnx/reader.ts';
import { float32Of } from '../../../models/weight-numbers.ts';
import { openLocalModel } from '../local-model.ts';
import { fakeIo, runWith } from '../testdata/fake-io.ts';

const TINY = fileURLToPath(new URL('../../../models/tiny', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => runWith({ folder }, 'export', ...args);
const open = async (path: string) => openModelFiles((await openLocalModel(path, fakeIo({ folder }).io)).files);

describe('export', () => {
  it('GGUF: the same numbers, and the same tokens', async () => {
    const { code, stdout, stderr } = await run(TINY, '--to', 'gguf', '--out', 'g/tiny.gguf');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^wrote .*tiny\.gguf: 9\.65 MB\n$/);
    const [written, own] = [await open('g/tiny.gguf'), await open(TINY)];
    expect({ ...written.weights.config, name: '', source: '' }).toEqual({
      ...own.weights.config,
      name: '',
      source: '',
    });
    expect(written.contextLength).toBe(256);
    for (const name of own.weights.names)
      expect(await written.weights.tensor(name)).toEqual(await own.weights.tensor(name));
    const text = 'O Romeo, Romeo!\n“wherefore”';
    expect(written.tokenizer!.encode(text)).toEqual(own.tokenizer!.encode(text));
    expect(written.tokenizer!.decode(written.tokenizer!.encode(text))).toBe(text);
    expect(await readdir(join(folder, 'g'))).toEqual(['tiny.gguf']);
  });

  it('quantised, and on from there with the tokenizer as the file has it', async () => {
    expect((await run(TINY, '--to', 'gguf', '--type', 'q8_0', '--out', 'q/q8.gguf')).code).toBe(0);
    expect((await run('q/q8.gguf', '--to', 'gguf', '--out', 'q/again.gguf')).code).toBe(0);
    const [first, again] = [await readFile(join(folder, 'q/q8.gguf')), await readFile(join(folder, 'q/again.gguf'))];
    expect(first.length).toBeLessThan(3e6);
    expect(again.length).toBe(first.length);
    const [one, two] = [await open('q/q8.gguf'), await open('q/again.gguf')];
    const name = 'model.layers.3.mlp.up_proj.weight';
    expect(await two.weights.tensor(name)).toEqual(await one.weights.tensor(name));
    expect(two.tokenizer!.encode('Exeunt')).toEqual([...Buffer.from('Exeunt')]);
  });

  it('safetensors, with config and tokenizer beside it; another model’s config is not written over', async () => {
    expect((await run(TINY, '--to', 'safetensors', '--type', 'BF16', '--out', 's/model.safetensors')).code).toBe(0);
    expect(await readdir(join(folder, 's'))).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const written = await open('s');
    expect(written.tokenizer!.vocab).toBe(256);
    const name = 'model.norm.weight';
    const [bfloat, exact] = [await written.weights.tensor(name), await (await open(TINY)).weights.tensor(name)];
    expect(bfloat.values.type).toBe('bf16');
    expect(Math.abs(float32Of(bfloat.values)[0]! - float32Of(exact.values)[0]!)).toBeLessThan(2 ** -7);
    const again = await run(TINY, '--to', 'safetensors', '--out', 's/other.safetensors');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('config.json is there already: give --out a folder of its own');
  });

  it('ONNX, in the type and with the attention asked for', async () => {
    expect((await run(TINY, '--to', 'onnx', '--type', 'int4', '--attention', 'gqa', '--out', 'tiny.onnx')).code).toBe(
      0,
    );
    const info = inspectModel(await readFile(join(folder, 'tiny.onnx')), 'tiny.onnx');
    expect(info.operators).toMatchObject({ 'com.microsoft:GroupQueryAttention': 6, 'com.microsoft:MatMulNBits': 43 });
    expect(info.weights.find(({ name }) => name === 'cos_cache')!.dims).toEqual([256, 16]);
  });

  it.each([
    [['none.gguf', '--to', 'gguf', '--out', 'x'], '--model none.gguf: no such file'],
    [
      [TINY, '--to', 'gguf', '--out', 'x', '--type', 'Q3_K'],
      "unknown --type for gguf 'Q3_K' (Did you mean Q6_K?). Known: same, F32, F16, Q8_0, Q6_K, Q4_K, Q4_0",
    ],
    [[TINY, '--to', 'onnx', '--out', 'x', '--context', '0'], "--context '0': must be a whole number of tokens"],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
