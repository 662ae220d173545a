import { describe, expect, it } from 'vitest';
import { type ByteSource, sourceOfBytes } from '../files/byte-source.ts';
import { openGguf, parseGguf } from './header.ts';
import type { WrittenMetadata } from './metadata-of.ts';
import { VALUE } from './types.ts';
import { ByteWriter } from './value-writer.ts';

interface Entry {
  readonly name?: string;
  readonly dims?: readonly (number | bigint)[];
  readonly type?: number;
  readonly offset?: number | bigint;
}

/** A file of one metadata list, tensor entries (by default [32] of F32 at 0) and `data` bytes from the next multiple of 32. */
function file(metadata: WrittenMetadata, tensors: readonly Entry[] = [], data = 128, change?: (w: ByteWriter) => void) {
  const writer = new ByteWriter();
  writer.bytes(new TextEncoder().encode('GGUF'));
  writer.u32(3);
  writer.u64(tensors.length);
  writer.u64(metadata.length + (change ? 1 : 0));
  for (const [key, value] of metadata) writer.keyValue(key, value);
  change?.(writer);
  for (const { name = 't', dims = [32], type = 0, offset = 0 } of tensors) {
    writer.string(name);
    writer.u32(dims.length);
    for (const size of dims) writer.u64(size);
    writer.u32(type);
    writer.u64(offset);
  }
  const header = writer.finish();
  const bytes = new Uint8Array(Math.ceil(header.length / 32) * 32 + data);
  bytes.set(header);
  return bytes;
}

const parse = (bytes: Uint8Array) => parseGguf(bytes, bytes.length, 'm.gguf');
const patched = (bytes: Uint8Array, at: number, ...values: number[]) => {
  bytes.set(values, at);
  return bytes;
};

describe('parseGguf', () => {
  it('reads metadata of every kind, and where tensors lie', () => {
    const metadata = [
      ['general.architecture', { string: 'llama' }],
      ['a.count', { uint32: 7 }],
      ['a.small', { float32: 0.5 }],
      ['a.flag', { bool: true }],
      ['a.words', { strings: ['x', '', 'ä'] }],
      ['a.scores', { float32s: [1, -2] }],
      ['a.kinds', { int32s: [-1] }],
    ] as const;
    const bytes = file(metadata, [
      { name: 'b', dims: [32, 2], type: 8, offset: 32 },
      { name: 'a', dims: [8] },
    ]);
    const { version, metadata: found, tensors } = parse(bytes);
    expect(version).toBe(3);
    expect(Object.fromEntries(found)).toEqual({
      'general.architecture': 'llama',
      'a.count': 7,
      'a.small': 0.5,
      'a.flag': true,
      'a.words': ['x', '', 'ä'],
      'a.scores': Float32Array.of(1, -2),
      'a.kinds': Int32Array.of(-1),
    });
    const data = bytes.length - 128;
    expect(tensors).toEqual([
      { name: 'b', type: 'Q8_0', shape: [2, 32], offset: data + 32, length: 68 },
      { name: 'a', type: 'F32', shape: [8], offset: data, length: 32 },
    ]);
  });

  const one: WrittenMetadata = [['k', { uint32: 1 }]];
  const raw = (type: number, write: (w: ByteWriter) => void) => (w: ByteWriter) => {
    w.string('k');
    w.u32(type);
    write(w);
  };
  it.each<[string, Uint8Array, string | RegExp]>([
    ['nothing', new Uint8Array(0), 'magic: 4 bytes from 0, but the file ends at 0'],
    ['another magic', patched(file(one), 0, 0x50), 'not a GGUF file'],
    ['version 1', patched(file(one), 4, 1), 'GGUF version 1; read are 2 and 3'],
    ['the other byte order', patched(file(one), 4, 0, 0, 0, 3), 'GGUF version is big-endian'],
    [
      'more tensors than fit',
      patched(file(one), 8, 255, 255, 255, 255),
      /tensor count is 4294967295; at most \d+ fit in/,
    ],
    ['2^63 keys', patched(file(one), 23, 0x80), 'metadata count is 9223372036854775809, more than any file holds'],
    [
      'a key longer than the file',
      patched(file(one), 24, 255, 255, 255),
      'metadata key 0: length is 16777215; at most',
    ],
    ['a key twice', file([...one, ...one]), "metadata key 'k' is there twice"],
    [
      'an unknown value type',
      file(
        [],
        [],
        0,
        raw(99, () => {}),
      ),
      'k: value type 99; known are 0 to 12',
    ],
    [
      'a string past the end',
      file(
        [],
        [],
        0,
        raw(VALUE.string, (w) => w.u64(2 ** 40)),
      ),
      'k: length is 1099511627776; at most',
    ],
    [
      'an array past the end',
      file(
        [],
        [],
        0,
        raw(VALUE.array, (w) => [w.u32(VALUE.uint64), w.u64(2 ** 50)]),
      ),
      'k: element count is 1125899906842624; at most',
    ],
    [
      'an array in an array',
      file(
        [],
        [],
        0,
        raw(VALUE.array, (w) => [w.u32(VALUE.array), w.u64(1)]),
      ),
      'k: an array of type 9; read are numbers, booleans and strings',
    ],
    [
      'a boolean of 2',
      file(
        [],
        [],
        0,
        raw(VALUE.bool, (w) => w.bytes(Uint8Array.of(2))),
      ),
      'k: a boolean of 2',
    ],
    [
      'an odd alignment',
      file([['general.alignment', { uint32: 48 }]]),
      'general.alignment is 48; it must be a power of two',
    ],
    ['a name too long', file([], [{ name: 'n'.repeat(65) }]), 'name of tensor 0 has 65 characters; allowed are 64'],
    ['no dimension', file([], [{ dims: [] }]), "tensor 't': 0 dimensions; allowed are 1 to 4"],
    ['five dimensions', file([], [{ dims: [1, 1, 1, 1, 1] }]), "tensor 't': 5 dimensions"],
    [
      'a product that overflows',
      file([], [{ dims: [2 ** 40, 2 ** 40] }]),
      "tensor 't': [1099511627776,1099511627776] is no shape",
    ],
    ['an empty dimension', file([], [{ dims: [32, 0] }]), "tensor 't': [0,32] is no shape"],
    ['an unknown type', file([], [{ type: 4 }]), "tensor 't': type 4 is not known. Known: F32, F16"],
    ['rows of half a block', file([], [{ dims: [48], type: 2 }]), "tensor 't': rows of 48; Q4_0 has blocks of 32"],
    ['an offset off the grid', file([], [{ offset: 4 }]), "tensor 't': offset 4 is no multiple of 32"],
    [
      'data past the end',
      file([], [{ offset: 96 }]),
      /tensor 't': bytes \d+ to \d+, but the file ends at \d+; it is cut short/,
    ],
    [
      'an offset of 2^60',
      file([], [{ offset: 2n ** 60n }]),
      "tensor 't': offset is 1152921504606846976, more than any file",
    ],
    ['a name twice', file([], [{ dims: [8] }, { dims: [8], offset: 32 }]), "tensor 't' is there twice"],
    [
      'tensors on each other',
      file([], [{ name: 'a' }, { name: 'b', offset: 96 }, { name: 'c', offset: 64 }]),
      'within the tensor before it',
    ],
  ])('%s is refused by name', (_, bytes, message) => {
    expect(() => parse(bytes)).toThrow(message);
    expect(() => parse(bytes)).toThrow(/^m\.gguf: /);
  });

  it('a file cut at any byte is refused', () => {
    const whole = file(one, [{}]);
    for (let length = 0; length < whole.length; length++)
      expect(() => parse(whole.subarray(0, length))).toThrow(/m\.gguf/);
    expect(parse(whole).tensors).toHaveLength(1);
  });
});

describe('openGguf', () => {
  it('tells a file that went through a text conversion', async () => {
    const whole = file([['k', { float32: 1e-5 }]], [{}]);
    const damaged = new TextEncoder().encode(new TextDecoder().decode(whole));
    await expect(openGguf(sourceOfBytes('m.gguf', damaged))).rejects.toThrow(
      /^m\.gguf: .*\. The file seems to have gone through a text conversion, .*: fetch it again as binary$/,
    );
  });

  it('reads on when the first megabyte ends within the header, and never past the file', async () => {
    const bytes = file([['words', { strings: Array.from({ length: 200_000 }, (_, i) => `word ${i}`) }]], [{}]);
    const reads: number[] = [];
    const source: ByteSource = {
      ...sourceOfBytes('large.gguf', bytes),
      read: async (offset, length) => {
        reads.push(offset + length);
        return Uint8Array.from(bytes.subarray(offset, offset + length));
      },
    };
    const { metadata, tensors } = await openGguf(source);
    expect((metadata.get('words') as string[])[199_999]).toBe('word 199999');
    expect(tensors).toHaveLength(1);
    expect(reads.length).toBeGreaterThan(1);
    expect(Math.max(...reads)).toBeLessThanOrEqual(bytes.length);
  });
});
