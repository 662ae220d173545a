// Weights W[rows][k] quantised in blocks of 32 along k, each with one scale: the layout our int4 and int8 kernels read.
// Quants and scales stand in two arrays, so that a block of quants is a whole number of aligned 16-byte loads. ggml's Q4_0
// and Q8_0 hold the same numbers interleaved. kernels/common/quantised.wgsl unpacks it.
import { halfFromNumber, numberFromHalf } from './half.ts';

export const BLOCK = 32;
export type QuantType = 'int4' | 'int8';

/** u32 words of one block's quants: one 16-byte load of int4, two of int8. */
export const BLOCK_WORDS: Readonly<Record<QuantType, number>> = { int4: 4, int8: 8 };

/** Largest quant in size; int4 uses −7 … 7 when we quantise, though −8 can be stored. */
const LARGEST: Readonly<Record<QuantType, number>> = { int4: 7, int8: 127 };

/**
 * `quants`: [rows][blocks][BLOCK_WORDS] words. int4: byte j of word w holds element 8w+j in its low and 8w+4+j in its high
 * nibble, each stored as value + 8. int8: byte j of word w is element 4w+j, two's complement.
 * `scales`: [rows][blocks] f16 bit patterns, two in a word (the first in the low half), one padding half when odd.
 * A last block that k does not fill ends in zeros.
 */
export interface QuantisedWeights {
  readonly type: QuantType;
  readonly rows: number;
  readonly k: number;
  readonly quants: Uint32Array<ArrayBuffer>;
  readonly scales: Uint32Array<ArrayBuffer>;
}

export function blocksPerRow(k: number): number {
  return Math.ceil(k / BLOCK);
}

/** Bytes of quants and of scales of such a matrix. */
export function quantisedBytes(type: QuantType, rows: number, k: number): { quants: number; scales: number } {
  const blocks = rows * blocksPerRow(k);
  return { quants: 4 * BLOCK_WORDS[type] * blocks, scales: 4 * Math.ceil(blocks / 2) };
}

/** Quantises symmetrically: scale = largest magnitude of the block over 7 or 127, rounded to f16; quant = nearest. */
export function quantise(type: QuantType, rows: number, k: number, weights: ArrayLike<number>): QuantisedWeights {
  const made = emptyWeights(type, rows, k);
  const blocks = blocksPerRow(k);
  const block = new Int8Array(BLOCK);
  for (let row = 0; row < rows; row++) {
    for (let b = 0; b < blocks; b++) {
      const [first, count] = [row * k + b * BLOCK, Math.min(BLOCK, k - b * BLOCK)];
      let largest = 0;
      for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(weights[first + i]!));
      const half = halfFromNumber(largest / LARGEST[type]);
      const scale = numberFromHalf(half);
      block.fill(0);
      for (let i = 0; i < count && scale > 0; i++) {
        const nearest = Math.round(weights[first + i]! / scale);
        block[i] = Math.max(-LARGEST[type], Math.min(LARGEST[type], nearest));
      }
      setBlock(made, row * blocks + b, block, half);
    }
  }
  return made;
}

/** Weights of that shape whose blocks are all zero; fill them with setBlock. */
export function emptyWeights(type: QuantType, rows: number, k: number): QuantisedWeights {
  const { quants, scales } = quantisedBytes(type, rows, k);
  return { type, rows, k, quants: new Uint32Array(quants / 4), scales: new Uint32Array(scales / 4) };
}

/** Writes the `index`-th block (row-major): 32 whole numbers (−8 … 7 or −128 … 127) and the f16 bit pattern of their scale. */
export function setBlock(weights: QuantisedWeights, index: number, values: Int8Array, scale: number): void {
  const { type, quants, scales } = weights;
  const first = index * BLOCK_WORDS[type];
  for (let w = 0; w < BLOCK_WORDS[type]; w++) {
    let word = 0;
    for (let j = 0; j < 4; j++) {
      const byte =
        type === 'int8' ? values[4 * w + j]! & 255 : (values[8 * w + j]! + 8) | ((values[8 * w + 4 + j]! + 8) << 4);
      word |= byte << (8 * j);
    }
    quants[first + w] = word >>> 0;
  }
  const shift = 16 * (index % 2);
  const rest = scales[index >> 1]! & ~(0xffff << shift);
  scales[index >> 1] = (rest | (scale << shift)) >>> 0;
}

/** The number at [row][column], exactly as a kernel must read it: quant × scale. */
export function dequantised(weights: QuantisedWeights, row: number, column: number): number {
  const { type, k, quants, scales } = weights;
  const index = row * blocksPerRow(k) + Math.floor(column / BLOCK);
  const i = column % BLOCK;
  const words = index * BLOCK_WORDS[type];
  const scale = numberFromHalf((scales[index >> 1]! >>> (16 * (index % 2))) & 0xffff);
  if (type === 'int8') return ((quants[words + (i >> 2)]! << (24 - 8 * (i % 4))) >> 24) * scale;
  const shift = 8 * (i % 4) + (i % 8 < 4 ? 0 : 4);
  return (((quants[words + (i >> 3)]! >>> shift) & 15) - 8) * scale;
}
