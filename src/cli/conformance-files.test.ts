import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFileCases } from './conformance-files.ts';

const OWN = fileURLToPath(new URL('../../models/conformance', import.meta.url));
const KNOWN = join(OWN, 'gguf');
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  for (const kind of ['gguf', 'safetensors']) await mkdir(join(folder, kind));
});
afterEach(() => rm(folder, { recursive: true }));

const results = async (of: string) => {
  const cases = await findFileCases(of, KNOWN);
  return Promise.all(cases.map((item) => item.run()));
};

it('all the files of this package pass; types we do not compute with are listed', async () => {
  const all = await results(OWN);
  expect(all.map(({ name, state }) => [name, state])).toEqual([
    ['gguf/ggml-vocab-gpt-2', 'passed'],
    ['gguf/ggml-vocab-llama-spm', 'passed'],
    ['safetensors/B', 'passed'],
    ['safetensors/d', 'passed'],
    ['safetensors/e', 'passed'],
    ['safetensors/overall', 'passed'],
  ]);
  expect(all[0]!.detail).toBe('46 strings give the same token ids');
  expect(all[3]!.detail).toBe('1 tensor fills 139 bytes of d.safetensors: 1 F64 (listed only)');
  expect(all[5]!.detail).toContain('1 F16, 1 F32, 1 I16 (listed only)');
});

it('a wrong id, a missing list and a broken file fail by name', async () => {
  for (const end of ['', '.inp', '.out']) {
    await cp(join(KNOWN, `ggml-vocab-llama-spm.gguf${end}`), join(folder, `gguf/a.gguf${end}`));
  }
  const out = join(folder, 'gguf/a.gguf.out');
  await writeFile(out, (await readFile(out, 'utf8')).replace(' 474 287', ' 474 288'));
  await cp(join(KNOWN, 'ggml-vocab-llama-spm.gguf'), join(folder, 'gguf/b.gguf'));
  await writeFile(join(folder, 'gguf/c.gguf'), 'GGUF');
  await writeFile(join(folder, 'safetensors/d.safetensors'), 'no tensors');
  const [wrong, lists, broken, cut] = await results(folder);
  expect(wrong).toMatchObject({ name: 'gguf/a', state: 'failed' });
  expect(wrong!.detail).toMatch(/^string 1, "ied 4 ½ months": ids 474 287 .*, not 474 288/);
  expect(lists).toMatchObject({ name: 'gguf/b', state: 'failed' });
  expect(lists!.detail).toContain('ENOENT');
  expect(broken).toMatchObject({ name: 'gguf/c', state: 'failed' });
  expect(cut).toMatchObject({ name: 'safetensors/d', state: 'failed' });
});

it('a file damaged by a text conversion is read from our whole copy of it, and says so', async () => {
  const name = 'ggml-vocab-gpt-2.gguf';
  const damaged = Buffer.from((await readFile(join(KNOWN, name))).toString('utf8'));
  await writeFile(join(folder, 'gguf', name), damaged);
  for (const end of ['.inp', '.out']) await cp(join(KNOWN, name + end), join(folder, 'gguf', name + end));
  const [found] = await results(folder);
  expect(found).toMatchObject({ state: 'passed' });
  expect(found!.detail).toContain('damaged by a text conversion, so its restored copy was read');
  damaged[100]! ^= 1;
  await writeFile(join(folder, 'gguf', name), damaged);
  expect((await results(folder))[0]).toMatchObject({ state: 'failed' });
});
