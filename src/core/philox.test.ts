import { describe, expect, it } from 'vitest';
import { mulHi, philox, type Words } from './philox.ts';

const out: Words = [0, 0, 0, 0];

describe('philox', () => {
  // kat_vectors of Random123 1.14, philox4x32 10.
  it('gives the published answers', () => {
    expect(philox(out, 0, 0, 0, 0, 0, 0)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(philox(out, ones, ones, ones, ones, ones, ones)).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    expect(philox(out, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });
});

describe('mulHi', () => {
  it('is the high half of the product', () => {
    const values = [0, 1, 2, 0xffff, 0x10000, 0x10001, 0x12345678, 0x80000000, 0xfffffffe, 0xffffffff];
    for (const a of values) {
      for (const b of values) expect(mulHi(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
    }
  });
});
