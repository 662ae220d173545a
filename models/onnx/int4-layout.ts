// Between our int4 layout (src/core/quantised.ts) and that of com.microsoft MatMulNBits: the same quants and scales, neighbours
// two to a byte, the first in the low nibble, and scales in f32. Knows no graph.
import { numberFromHalf } from '../../src/core/half.ts';
import { BLOCK_WORDS, type QuantisedWeights } from '../../src/core/quantised.ts';

/** Writes MatMulNBits' bytes, [rows, blocks, 16]. */
export function nibblesOf({ quants }: QuantisedWeights, target: Uint8Array): void {
  if (target.length !== 4 * quants.length) throw new Error(`${target.length} bytes for ${quants.length} words`);
  for (let word = 0; word < quants.length; word++) {
    const bits = quants[word]!;
    // Bytes of the word hold elements j (low) and 4 + j (high); a target byte holds 2j and 2j + 1.
    for (let j = 0; j < 2; j++) {
      const [even, odd] = [(bits >>> (16 * j)) & 255, (bits >>> (16 * j + 8)) & 255];
      target[4 * word + j] = (even & 15) | ((odd & 15) << 4);
      target[4 * word + 2 + j] = (even >> 4) | (odd & 0xf0);
    }
  }
}

/** Writes the scales as f32, [rows · blocks]. */
export function scalesOf({ type, quants, scales }: QuantisedWeights, target: Float32Array): void {
  if (target.length !== quants.length / BLOCK_WORDS[type]) throw new Error(`${target.length} scales for ${type}`);
  for (let i = 0; i < target.length; i++) target[i] = numberFromHalf((scales[i >> 1]! >>> (16 * (i & 1))) & 0xffff);
}
