// Seeded int4 and int8 weights in the layout of src/core/quantised.ts, quants and scales as the two buffers they are.
// Knows no family.
import { halfFromNumber } from '../../src/core/half.ts';
import { BLOCK, BLOCK_WORDS, blocksPerRow, type QuantType, quantisedBytes } from '../../src/core/quantised.ts';
import type { Rng } from '../../src/core/rng.ts';
import { named } from './fill.ts';

/** A word of four int8 or eight int4 zeros. */
const ZEROS: Readonly<Record<QuantType, number>> = { int4: 0x88888888, int8: 0 };
/** Largest quant in size: scales are drawn around its inverse, so that weights are about as large as f32 ones. */
const LARGEST: Readonly<Record<QuantType, number>> = { int4: 8, int8: 128 };

/** Uniform over all bit patterns, −8 and −128 among them; zero where k leaves the last block of a row unfilled. */
export function quantFill(type: QuantType, rows: number, k: number): (rng: Rng) => Uint32Array<ArrayBuffer> {
  return named(`quants ${type} ${rows} ${k}`, (rng) => {
    const words = new Uint32Array(quantisedBytes(type, rows, k).quants / 4);
    for (let i = 0; i < words.length; i++) words[i] = Math.floor(rng.uniform() * 2 ** 32);
    if (k % BLOCK !== 0) {
      const rowWords = blocksPerRow(k) * BLOCK_WORDS[type];
      for (let last = rowWords - BLOCK_WORDS[type]; last < words.length; last += rowWords) {
        clearTail(type, words.subarray(last, last + BLOCK_WORDS[type]), k % BLOCK);
      }
    }
    return words;
  });
}

/** Zeroes the elements of one block from `first` on. */
function clearTail(type: QuantType, block: Uint32Array, first: number): void {
  for (let i = first; i < BLOCK; i++) {
    const [word, shift, mask] =
      type === 'int8' ? [i >> 2, 8 * (i % 4), 0xff] : [i >> 3, 8 * (i % 4) + (i % 8 < 4 ? 0 : 4), 0xf];
    block[word] = ((block[word]! & ~(mask << shift)) | (ZEROS[type] & (mask << shift))) >>> 0;
  }
}

/** One positive f16 a block, from half to one over the largest quant. */
export function scaleFill(type: QuantType, rows: number, k: number): (rng: Rng) => Uint32Array<ArrayBuffer> {
  return named(`scales ${type} ${rows} ${k}`, (rng) => {
    const { scales } = quantisedBytes(type, rows, k);
    const halves = new Uint16Array(scales / 2);
    for (let i = 0; i < rows * blocksPerRow(k); i++) {
      halves[i] = halfFromNumber((0.5 + rng.uniform() / 2) / LARGEST[type]);
    }
    return new Uint32Array(halves.buffer);
  });
}
