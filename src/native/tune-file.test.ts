import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileTuneStorage, tuneFilePath } from './tune-file.ts';

const fresh = (): string => join(mkdtempSync(join(tmpdir(), 'fleetmark-test-')), 'deep', 'tuning.json');

it('keeps what was written, by key, across instances', async () => {
  const path = fresh();
  await fileTuneStorage(path).write('a', '1');
  await fileTuneStorage(path).write('b', '2');
  const storage = fileTuneStorage(path);
  expect([await storage.read('a'), await storage.read('b'), await storage.read('c')]).toEqual(['1', '2', null]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: '1', b: '2' });
});

it('takes a broken file for an empty one and writes it anew', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'fleetmark-test-')), 'tuning.json');
  writeFileSync(path, '{"a": ');
  expect(await fileTuneStorage(path).read('a')).toBeNull();
  await fileTuneStorage(path).write('a', '1');
  expect(await fileTuneStorage(path).read('a')).toBe('1');
});

it('lies in the cache folder that the system names', () => {
  expect(tuneFilePath({ XDG_CACHE_HOME: '/c' })).toBe('/c/fleetmark/tuning.json');
  expect(tuneFilePath({})).toMatch(/\/\.cache\/fleetmark\/tuning\.json$/);
});
