// Each type against the numbers that llama.cpp's own gguf package reads from the same bytes (testdata/make-quants.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { float32Of } from '../weight-numbers.ts';
import { READABLE_TYPES, readNumbers } from './dequantise.ts';
import { GGML_TYPES, type GgmlTypeName } from './types.ts';

interface Vector {
  readonly bytes: string;
  readonly numbers: string;
}

const vectors = JSON.parse(readFileSync(new URL('testdata/quants.json', import.meta.url), 'utf8')) as Record<
  string,
  Vector
>;
const decode = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64'));

describe('readNumbers', () => {
  it.each(Object.keys(vectors) as GgmlTypeName[])('%s gives the reference numbers, bit for bit', (type) => {
    const { bytes, numbers } = vectors[type]!;
    const expected = new Float32Array(decode(numbers).buffer);
    const values = readNumbers(type, decode(bytes), 2, 256);
    // −0 and 0 are one number: a quant of zero times a negative scale is written either way.
    expect(float32Of(values).map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  });

  it('every readable type has a reference', () => {
    expect(Object.keys(vectors).sort()).toEqual([...READABLE_TYPES].sort());
  });

  it.each([
    ['Q4_0', 'int4'],
    ['Q8_0', 'int8'],
    ['Q5_0', 'int8'],
    ['MXFP4', 'int8'],
    ['Q6_K', 'f32'],
  ] as const)('%s becomes %s', (type, expected) => {
    expect(readNumbers(type, decode(vectors[type]!.bytes), 2, 256).type).toBe(expected);
  });

  it('an MXFP4 scale that f16 does not have makes the tensor f32, still exact', () => {
    const bytes = decode(vectors.MXFP4!.bytes);
    bytes[0] = 200;
    bytes[1] = 0x97;
    const values = readNumbers('MXFP4', bytes, 2, 256);
    expect(values.type).toBe('f32');
    const numbers = float32Of(values);
    expect([numbers[0], numbers[16]]).toEqual([6 * 2 ** 73, -0.5 * 2 ** 73]);
    const reference = new Float32Array(decode(vectors.MXFP4!.numbers).buffer);
    expect(numbers.slice(32)).toEqual(reference.slice(32));
  });

  it('sizes are those of gguf-py', () => {
    for (const [name, { bytes }] of Object.entries(vectors)) {
      const type = GGML_TYPES[name as GgmlTypeName];
      expect(decode(bytes).length, name).toBe((512 / type.block) * type.bytes);
    }
  });
});
