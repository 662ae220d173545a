// Seeded weights, made fast enough that a billion of them are a matter of seconds in a browser: one random word gives
// one f32, two f16 (looked up in a table of uniform values) or eight int4. Knows no graph.
import { halfFromNumber, numberFromHalf } from '../../src/core/half.ts';
import { createRng, streamOf } from '../../src/core/rng.ts';

/** A stream of random 32-bit words written into `words` (SFC32, unrolled into locals: a call a word would triple the time). */
function fillWords(words: Uint32Array, seed: number, name: string): void {
  const start = createRng(seed, streamOf(name));
  let [a, b, c] = [start.u32() | 0, start.u32() | 0, start.u32() | 0];
  let counter = 1;
  for (let i = 0; i < words.length; i++) {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    words[i] = sum;
  }
}

/** Uniform f32 values of mean `mean` and standard deviation `deviation`. */
export function fillUniform(target: Float32Array, seed: number, name: string, deviation: number, mean = 0): void {
  const words = new Uint32Array(target.buffer, target.byteOffset, target.length);
  fillWords(words, seed, name);
  const width = deviation * Math.sqrt(12);
  const step = width / 2 ** 32;
  const least = mean - width / 2;
  for (let i = 0; i < target.length; i++) target[i] = words[i]! * step + least;
}

/** The same in f16, from a table of 65,536 uniform values. `target` holds f16 bit patterns. */
export function fillUniformHalf(target: Uint16Array, seed: number, name: string, deviation: number, mean = 0): void {
  fillBytes(new Uint8Array(target.buffer, target.byteOffset, target.byteLength), seed, name);
  const width = deviation * Math.sqrt(12);
  const table = new Uint16Array(2 ** 16);
  for (let i = 0; i < table.length; i++) table[i] = halfFromNumber(((i + 0.5) / 2 ** 16 - 0.5) * width + mean);
  for (let i = 0; i < target.length; i++) target[i] = table[target[i]!]!;
}

/** Random bytes; the words are written in place where the target is whole words. */
function fillBytes(target: Uint8Array, seed: number, name: string): void {
  if (target.byteOffset % 4 === 0 && target.length % 4 === 0) {
    fillWords(new Uint32Array(target.buffer, target.byteOffset, target.length / 4), seed, name);
    return;
  }
  const words = new Uint32Array(Math.ceil(target.length / 4));
  fillWords(words, seed, name);
  target.set(new Uint8Array(words.buffer, 0, target.length));
}

/** Standard deviation of the fifteen values −7 … 7 with zero drawn twice as often, as fillInt4 draws them. */
export const INT4_DEVIATION = Math.sqrt((2 * (1 + 4 + 9 + 16 + 25 + 36 + 49)) / 16);

/** Random nibbles around zero point 8; 0 (−8) becomes 8 (zero), so that the mean is exactly zero. */
export function fillInt4(target: Uint8Array, seed: number, name: string): void {
  fillBytes(target, seed, name);
  const table = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 15 || 8) | ((byte >> 4 || 8) << 4));
  for (let i = 0; i < target.length; i++) target[i] = table[target[i]!]!;
}

/** Scales that give such nibbles the deviation asked for, each a number f16 can hold, so that every runtime reads the same. */
export function fillInt4Scales(target: Float32Array, seed: number, spec: { name: string; deviation: number }): void {
  const scale = spec.deviation / INT4_DEVIATION;
  fillUniform(target, seed, `${spec.name}_scales`, 0.1 * scale, scale);
  for (let i = 0; i < target.length; i++) target[i] = numberFromHalf(halfFromNumber(target[i]!));
}
