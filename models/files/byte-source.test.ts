import { describe, expect, it } from 'vitest';
import { type ByteSource, readBytes, requireWithin, sourceOfBlob, sourceOfBytes } from './byte-source.ts';

const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);

describe('readBytes', () => {
  it.each([
    ['memory', sourceOfBytes('ten', bytes)],
    ['a blob', sourceOfBlob('ten', new Blob([bytes]))],
  ])('reads a piece of %s, alone in its buffer', async (_, source) => {
    const piece = await readBytes(source, 3, 4, 'piece');
    expect([...piece]).toEqual([3, 4, 5, 6]);
    expect(piece.buffer.byteLength).toBe(4);
    expect(source.size).toBe(10);
    expect(await readBytes(source, 10, 0, 'nothing')).toHaveLength(0);
  });

  it('copies a piece that shares its buffer', async () => {
    const sharing: ByteSource = { name: 's', size: 10, read: async (at, length) => bytes.subarray(at, at + length) };
    const piece = await readBytes(sharing, 3, 4, 'piece');
    expect([[...piece], piece.byteOffset]).toEqual([[3, 4, 5, 6], 0]);
  });

  it.each([
    [8, 3],
    [11, 0],
    [-1, 2],
    [0, -1],
    [0, 1.5],
    [0, 2 ** 60],
    [0, Number.NaN],
  ])('never asks for [%d, +%d) of ten', async (offset, length) => {
    const source: ByteSource = { name: 'ten.bin', size: 10, read: () => Promise.reject(new Error('was read')) };
    await expect(readBytes(source, offset, length, 'header')).rejects.toThrow(/^ten\.bin: header: .*file's 10/);
  });

  it('says so when fewer come than the file promised', async () => {
    const source: ByteSource = { name: 'short.bin', size: 10, read: async () => new Uint8Array(2) };
    await expect(readBytes(source, 0, 4, 'x')).rejects.toThrow(/short\.bin: x: 4 bytes asked for, 2 came/);
  });

  it('writes large numbers in full', () => {
    expect(() => requireWithin({ name: 'f', size: 1 }, 0, 2 ** 70, 'x')).toThrow(/1180591620717411303424 bytes/);
  });
});
