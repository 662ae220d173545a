// Our int4 and int8 weights as ggml's Q4_0 and Q8_0 blocks: the same quants and scales, interleaved. Knows no file.
import { BLOCK_WORDS, type QuantisedWeights } from '../../src/core/quantised.ts';
import { GGML_TYPES } from './types.ts';

export function blocksOf({ type, quants, scales }: QuantisedWeights): Uint8Array {
  const size = GGML_TYPES[type === 'int4' ? 'Q4_0' : 'Q8_0'].bytes;
  const count = quants.length / BLOCK_WORDS[type];
  const bytes = new Uint8Array(count * size);
  const source = new Uint8Array(quants.buffer, quants.byteOffset, quants.byteLength);
  for (let block = 0; block < count; block++) {
    const at = block * size;
    const scale = scales[block >> 1]! >>> (16 * (block & 1));
    bytes[at] = scale & 255;
    bytes[at + 1] = (scale >>> 8) & 255;
    if (type === 'int8') bytes.set(source.subarray(32 * block, 32 * block + 32), at + 2);
    else nibbles(source.subarray(16 * block, 16 * block + 16), bytes.subarray(at + 2, at + 18));
  }
  return bytes;
}

/** Element i of 32: ours lie 8 to a word, i mod 8 < 4 in the low nibbles; ggml's 0 … 15 in the low, the others in the high. */
function nibbles(ours: Uint8Array, ggml: Uint8Array): void {
  const element = (i: number): number => (ours[4 * (i >> 3) + (i & 3)]! >> (i & 4)) & 15;
  for (let i = 0; i < 16; i++) ggml[i] = element(i) | (element(i + 16) << 4);
}
