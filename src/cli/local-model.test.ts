// A model on this machine or elsewhere, as files and as what the page is served.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceOfBytes } from '../../models/files/byte-source.ts';
import { openModelFiles } from '../../models/files/model-files.ts';
import { startFakeHub } from '../../models/remote/fake-hub.test-support.ts';
import { openServedModel } from '../workers/model-files/open-model.ts';
import { openLocalModel } from './local-model.ts';
import { openModelSource } from './model-source.ts';
import { type PageServer, type Route, startPageServer } from './page-server.ts';
import { sendSource } from './send-source.ts';
import { fakeIo } from './testdata/fake-io.ts';

const TINY = fileURLToPath(new URL('../../models/tiny', import.meta.url));
let folder = '';
const servers: PageServer[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  for (const name of ['page', 'empty', 'sharded']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'page', 'index.html'), '<title>page</title>');
  await cp(TINY, join(folder, 'tiny'), { recursive: true });
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await rm(folder, { recursive: true });
});

async function serve(routes: Readonly<Record<string, Route>>): Promise<string> {
  const server = await startPageServer({ pageFolder: join(folder, 'page'), routes });
  servers.push(server);
  return server.url;
}

describe('openLocalModel', () => {
  it.each(['tiny', 'tiny/model.safetensors', TINY])('%s: the model with its config and tokenizer', async (given) => {
    const local = await openLocalModel(given, fakeIo({ folder }).io);
    const model = await openModelFiles(local.files, local.name);
    expect(model.weights.config.hidden).toBe(192);
    expect(model.tokenizer!.decode(model.tokenizer!.encode('O Romeo'))).toBe('O Romeo');
  });

  it.each([
    ['none.gguf', '--model none.gguf: no such file'],
    ['empty', '--model empty: no .gguf or .safetensors file in that folder. Name an .onnx file itself'],
    ['hf:owner', "'hf:owner' names no repository"],
  ])('%s is refused', async (given, message) => {
    await expect(openLocalModel(given, fakeIo({ folder }).io)).rejects.toThrow(message);
  });

  it('a repository is downloaded into the cache once, sizes said first', async () => {
    const { readFile } = await import('node:fs/promises');
    const files = new Map<string, Uint8Array>();
    for (const name of ['config.json', 'tokenizer.json', 'model.safetensors'])
      files.set(name, await readFile(join(TINY, name)));
    const hub = await startFakeHub(files, /safetensors$/);
    const env = { HF_ENDPOINT: hub.endpoint, FLEETMARK_CACHE: join(folder, 'cache') };
    const first = fakeIo({ folder, env });
    const model = await openModelFiles((await openLocalModel('hf:owner/name', first.io)).files);
    expect(model.weights.config.layers).toBe(6);
    expect(first.texts.stderr).toMatch(
      /^hf:owner\/name: 3 files, 9\.66 MB, 9\.66 MB to download into .*\n {2}10 % of 9\.66 MB/,
    );
    const second = fakeIo({ folder, env });
    await openLocalModel('hf:owner/name', second.io);
    expect(second.texts.stderr).toMatch(/^hf:owner\/name: 3 files, 9\.66 MB, all kept in /);
    await hub.close();
  });
});

describe('a model served to the page', () => {
  it('is read by ranges through a list, and nothing else of the folder is', async () => {
    const source = await openModelSource('tiny', fakeIo({ folder }).io);
    expect(source).toMatchObject({ name: 'tiny', pagePath: '/model/tiny/' });
    const url = await serve({ '/model/': source.route });
    const model = await openServedModel('tiny', new URL(source.pagePath, url).href);
    const own = await openModelFiles((await openLocalModel('tiny', fakeIo({ folder }).io)).files);
    const name = 'model.layers.5.mlp.down_proj.weight';
    expect(await model.weights.tensor(name)).toEqual(await own.weights.tensor(name));
    for (const path of ['tiny/99', 'tiny/train.py', 'tiny/..%2f0', 'other/0', 'tiny']) {
      expect((await fetch(`${url}model/${path}`)).status, path).toBe(404);
    }
  });
});

describe('sendSource', () => {
  it.each([
    [undefined, 200, '0123456789', null],
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=5-4', 416, '', 'bytes */10'],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('%s answers %d', async (range, status, text, contentRange) => {
    const source = sourceOfBytes('ten', new TextEncoder().encode('0123456789'));
    const url = await serve({ '/x/': (_, response) => sendSource(source, response) });
    const answer = await fetch(`${url}x/`, range === undefined ? {} : { headers: { Range: range } });
    expect([answer.status, await answer.text(), answer.headers.get('Content-Range')]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });
});
