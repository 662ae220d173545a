import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readBytes } from '../../models/files/byte-source.ts';
import { openFileSource } from './file-source.ts';

const folder = await mkdtemp(join(tmpdir(), 'fleetmark-file-source-'));
afterAll(() => rm(folder, { recursive: true }));

describe('openFileSource', () => {
  it('reads pieces of a file and its size', async () => {
    const path = join(folder, 'ten.bin');
    await writeFile(
      path,
      Uint8Array.from({ length: 10 }, (_, i) => i),
    );
    const source = await openFileSource(path);
    expect([source.name, source.size]).toEqual(['ten.bin', 10]);
    expect([...(await readBytes(source, 2, 3, 'x'))]).toEqual([2, 3, 4]);
    await writeFile(path, new Uint8Array(4));
    await expect(readBytes(source, 2, 8, 'x')).rejects.toThrow(/8 bytes asked for, 2 came/);
  });

  it('says what is no file', async () => {
    await expect(openFileSource(join(folder, 'none'))).rejects.toThrow(/none: no such file/);
    await expect(openFileSource(folder)).rejects.toThrow(/not a file/);
  });
});
