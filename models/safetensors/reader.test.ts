import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from '../files/byte-source.ts';
import { LENGTH_BYTES } from './header.ts';
import { openSafetensors, readEntry, readEntryBytes } from './reader.ts';

/** A file of that header and so many bytes 0, 1, 2, … of data. */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(LENGTH_BYTES + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, LENGTH_BYTES);
  for (let i = 0; i < dataBytes; i++) bytes[LENGTH_BYTES + text.length + i] = i;
  return bytes;
}

const open = (bytes: Uint8Array) => openSafetensors(sourceOfBytes('m.safetensors', bytes));
const tensor = (dtype: string, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('openSafetensors', () => {
  it('reads names, types, shapes, places and metadata, in file order', async () => {
    const read = await open(
      file({ b: tensor('F16', [2, 1], 4, 8), __metadata__: { format: 'pt' }, a: tensor('F32', [], 0, 4) }, 8),
    );
    expect(read.metadata).toEqual({ format: 'pt' });
    expect(read.entries.map(({ name, dtype, shape, length }) => [name, dtype, shape, length])).toEqual([
      ['a', 'F32', [], 4],
      ['b', 'F16', [2, 1], 4],
    ]);
    expect([...(await readEntryBytes(read, read.entries[1]!))]).toEqual([4, 5, 6, 7]);
    expect(await readEntry(read, read.entries[1]!)).toEqual({ type: 'f16', data: Uint16Array.of(0x0504, 0x0706) });
  });

  it('takes names that JavaScript objects treat in their own way for names', async () => {
    const read = await open(file(`{"__proto__":${JSON.stringify(tensor('U8', [1], 0, 1))}}`, 1));
    expect(read.entries.map(({ name }) => name)).toEqual(['__proto__']);
  });

  it('lists a type we do not compute with, and refuses its numbers by name', async () => {
    const read = await open(file({ steps: tensor('I64', [1], 0, 8) }, 8));
    expect(read.entries[0]).toMatchObject({ name: 'steps', dtype: 'I64' });
    await expect(readEntry(read, read.entries[0]!)).rejects.toThrow(
      "m.safetensors: tensor 'steps' is I64, which we do not compute with. Supported: F32, F16, BF16",
    );
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /not a safetensors file: 0 bytes/],
    ['seven bytes', new Uint8Array(7), /not a safetensors file: 7 bytes/],
    [
      'a header longer than the file',
      file('{}').fill(255, 0, 8),
      /header length 18446744073709551615, allowed are 2 to 2/,
    ],
    ['no JSON', file('{"a":'), /header is not JSON/],
    ['bytes that are no UTF-8', file('{"aa":1}').fill(0xff, 10, 12), /header is not JSON/],
    ['a list', file('[]'), /not a JSON object/],
    ['deep nesting', file('['.repeat(1e5)), /header is not JSON/],
    ['numbers as metadata', file({ __metadata__: { a: 1 } }), /__metadata__: must map names to strings/],
    ['a tensor that is no object', file({ a: 1 }), /'a': must be an object/],
    ['an unknown type', file({ a: tensor('Q9', [1], 0, 1) }, 1), /'a': dtype "Q9"; known: BOOL/],
    ['no type', file({ a: { shape: [1], data_offsets: [0, 1] } }, 1), /'a': dtype is missing; known: BOOL/],
    ['a type inherited from Object', file({ a: tensor('toString', [1], 0, 1) }, 1), /dtype "toString"; known/],
    ['a negative shape', file({ a: tensor('U8', [-1], 0, 1) }, 1), /'a': shape must be a list of whole numbers/],
    ['a missing offset', file({ a: { dtype: 'U8', shape: [0] } }), /'a': data_offsets must be two whole numbers/],
    ['an end past the file', file({ a: tensor('U8', [9], 0, 9) }, 4), /'a': data_offsets 0 to 9, allowed are 0 to 4/],
    ['an end before its beginning', file({ a: tensor('U8', [1], 3, 2) }, 4), /data_offsets 3 to 2/],
    ['a shape of other size', file({ a: tensor('F32', [2], 0, 4) }, 4), /4 bytes; F32 of shape \[2\] takes 8/],
    ['a shape that overflows', file({ a: tensor('U8', [2 ** 40, 2 ** 40], 0, 1) }, 1), /takes 1\.2/],
    ['a gap', file({ a: tensor('U8', [1], 1, 2) }, 2), /'a': begins at byte .*tensors must follow each other/],
    [
      'an overlap',
      file({ a: tensor('U8', [2], 0, 2), b: tensor('U8', [2], 1, 3) }, 3),
      /'b': begins at byte .*tensors must follow/,
    ],
    [
      'bytes at the end that no tensor owns',
      file({ a: tensor('U8', [1], 0, 1) }, 3),
      /tensors end at byte .*, the file at/,
    ],
  ])('%s is refused by name', async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(message);
    await expect(open(bytes)).rejects.toThrow(/^m\.safetensors: /);
  });
});
