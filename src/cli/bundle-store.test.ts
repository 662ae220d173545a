import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readResultFiles } from '../results/read.ts';
import { KERNEL_ID, sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { openBundleStore } from './bundle-store.ts';

const begun = (id: string) => sampleFile([], { id });
const measured = (id: string) => sampleFile([sampleSession([sampleRow(KERNEL_ID, [1, 2, 3])])], { id });

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('is a plain file with one device, then a bundle, each device growing on its own', async () => {
  const path = join(folder, 'new', 'devices.json');
  const read = async () => readResultFiles(await readFile(path, 'utf8'), path);
  const bundle = openBundleStore(path);
  const [first, second] = [bundle.openDevice(), bundle.openDevice()];
  await second.save(begun('b'));
  expect(await read()).toEqual([begun('b')]);
  await first.save(measured('a'));
  expect(await read()).toEqual([measured('a'), begun('b')]);
  await Promise.all([second.save(measured('b')), first.save(begun('a'))]);
  expect(await read()).toEqual([begun('a'), measured('b')]);
});
