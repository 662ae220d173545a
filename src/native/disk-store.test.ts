import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBytes } from '../../models/files/byte-source.ts';
import { diskStore, modelCacheFolder } from './disk-store.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = { name: 'model.gguf', url: 'http://x/model.gguf', size: 6, sha256: null, etag: null };

it('keeps a file in pieces, cut back where it is gone on with, and whole once it is finished', async () => {
  const store = diskStore(join(folder, 'made/when needed'));
  expect([await store.find('k'), await store.partial('k'), await store.list()]).toEqual([null, null, []]);
  const first = await store.write('k', 0);
  await first.write(Uint8Array.of(1, 2, 3));
  await first.write(Uint8Array.of(9, 9));
  await first.close();
  expect(await store.find('k')).toBeNull();
  expect((await store.partial('k'))!.size).toBe(5);
  const second = await store.write('k', 3);
  await second.write(Uint8Array.of(4, 5, 6));
  await second.close();
  await store.finish('k', file);
  expect(await store.partial('k')).toBeNull();
  const whole = (await diskStore(join(folder, 'made/when needed')).find('k'))!;
  expect([whole.name, whole.size]).toEqual(['model.gguf', 6]);
  expect([...(await readBytes(whole, 1, 4, 'x'))]).toEqual([2, 3, 4, 5]);
  expect(await store.list()).toEqual([{ key: 'k', name: 'model.gguf', size: 6 }]);
  await store.remove('k');
  expect(await readdir(join(folder, 'made/when needed'))).toEqual([]);
});

it('a file shorter than its note says is not whole', async () => {
  const store = diskStore(folder);
  const writer = await store.write('k', 0);
  await writer.write(Uint8Array.of(1));
  await writer.close();
  await store.finish('k', file);
  expect(await store.find('k')).toBeNull();
});

it('lies in the cache folder of the user, or where the environment says', () => {
  expect(modelCacheFolder({ FLEETMARK_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a/fleetmark/models');
  expect(modelCacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/fleetmark/models');
  expect(modelCacheFolder({})).toMatch(/\.cache\/fleetmark\/models$/);
});
