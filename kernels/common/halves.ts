// f16 data of kernels: two bit patterns a word, as storage buffers hold them. Knows no family.
import { halfFromNumber, numberFromHalf } from '../../src/core/half.ts';
import type { HostArray } from '../family.ts';

/** The values as f16 bit patterns, two in a word, the first in the low half; a padding zero when they are odd in number. */
export function packHalves(values: ArrayLike<number>): Uint32Array<ArrayBuffer> {
  const halves = new Uint16Array(2 * Math.ceil(values.length / 2));
  for (let i = 0; i < values.length; i++) halves[i] = halfFromNumber(values[i]!);
  return new Uint32Array(halves.buffer);
}

/** The i-th number of such words. */
export function halfAt(words: HostArray, i: number): number {
  return numberFromHalf((words[i >> 1]! >>> (16 * (i & 1))) & 0xffff);
}
