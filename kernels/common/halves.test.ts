import { expect, it } from 'vitest';
import { halfAt, packHalves } from './halves.ts';

it('packs two f16 a word, the first in the low half, and reads them back', () => {
  const words = packHalves([1, -2, 0.5]);
  expect(Array.from(words)).toEqual([0xc000_3c00, 0x0000_3800]);
  expect([0, 1, 2, 3].map((i) => halfAt(words, i))).toEqual([1, -2, 0.5, 0]);
});
