import { describe, expect, it } from 'vitest';
import { createRng, streamOf } from '../../src/core/rng.ts';
import { float32Of } from '../weight-numbers.ts';
import { readNumbers } from './dequantise.ts';
import { type KBlock, type KType, packQ4, packQ6, quantiseK } from './quantise-k.ts';
import { GGML_TYPES } from './types.ts';

const TYPES = ['Q4_K', 'Q6_K'] as const;
const read = (type: KType, bytes: Uint8Array): Float32Array =>
  float32Of(readNumbers(type, Uint8Array.from(bytes), 1, (bytes.length / GGML_TYPES[type].bytes) * 256));
const rms = (numbers: Float32Array): number => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length);
const errorOf = (type: KType, numbers: Float32Array): Float32Array => {
  const stored = read(type, quantiseK(type, numbers));
  return numbers.map((x, i) => x - stored[i]!);
};

const rng = createRng(5, streamOf('K blocks'));
const below = (count: number): number => rng.u32() % count;
const normal = (count: number): Float32Array =>
  Float32Array.from({ length: count }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += rng.uniform();
    return sum;
  });

describe('packing', () => {
  const none = new Uint8Array(0);
  it.each(Array.from({ length: 20 }, (_, i) => i))('Q4_K: every field comes back from the reader, %i', () => {
    const block: KBlock = {
      ...{ step: 0.5, leastStep: 0.25 },
      scales: Int8Array.from({ length: 8 }, () => below(64)),
      least: Uint8Array.from({ length: 8 }, () => below(64)),
      quants: Int8Array.from({ length: 256 }, () => below(16)),
    };
    const bytes = new Uint8Array(GGML_TYPES.Q4_K.bytes);
    packQ4(block, bytes);
    const expected = Float32Array.from(block.quants, (q, i) => {
      const group = i >> 5;
      return 0.5 * block.scales[group]! * q - 0.25 * block.least[group]!;
    });
    expect(read('Q4_K', bytes)).toEqual(expected);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i))('Q6_K: every field comes back from the reader, %i', () => {
    const block: KBlock = {
      ...{ step: 0.125, leastStep: 0, least: none },
      scales: Int8Array.from({ length: 16 }, () => below(255) - 127 || 1),
      quants: Int8Array.from({ length: 256 }, () => below(64) - 32),
    };
    const bytes = new Uint8Array(GGML_TYPES.Q6_K.bytes);
    packQ6(block, bytes);
    const expected = Float32Array.from(block.quants, (q, i) => 0.125 * block.scales[i >> 4]! * q);
    expect(read('Q6_K', bytes).map((x) => x + 0)).toEqual(expected.map((x) => x + 0));
  });
});

describe('quantising', () => {
  // tests/test-quantize-fns.cpp of llama.cpp: its data, its measure √Σd²/n, its bound for all types of four bits and more.
  it.each(TYPES)('%s: the error on llama.cpp’s test data is within llama.cpp’s bound', (type) => {
    const data = Float32Array.from({ length: 4096 }, (_, i) => 0.1 + 2 * Math.cos(i));
    const error = errorOf(type, data);
    expect(Math.sqrt(error.reduce((sum, d) => sum + d * d, 0)) / 4096).toBeLessThan(0.002);
  });

  it('normal numbers: no more than an eighth of a step of their groups, on average', () => {
    // Sixteen steps over about 4.1 deviations of 32 numbers, 64 over twice the 1.8 of the largest of 16: the least error of
    // rounding is a step/√12; a good choice of scales comes within a tenth of it.
    const numbers = normal(256 * 64);
    expect(rms(errorOf('Q4_K', numbers))).toBeLessThan((1.1 * (4.1 / 15)) / Math.sqrt(12));
    expect(rms(errorOf('Q6_K', numbers))).toBeLessThan((1.1 * ((2 * 1.8) / 63)) / Math.sqrt(12));
  });

  it.each(TYPES)('%s: what its blocks hold already is kept', (type) => {
    const once = read(type, quantiseK(type, normal(256 * 8)));
    const twice = read(type, quantiseK(type, once));
    expect(rms(twice.map((x, i) => x - once[i]!)) / rms(once)).toBeLessThan(type === 'Q6_K' ? 0.005 : 0.03);
  });

  it.each(TYPES)('%s: zeros, one number alone, all of a sign and equal ones', (type) => {
    const zeros = new Float32Array(256);
    expect(read(type, quantiseK(type, zeros)).map((x) => x + 0)).toEqual(zeros);
    for (const value of [3, -3]) {
      const alone = zeros.with(77, value);
      expect(rms(errorOf(type, alone)) * 16).toBeLessThan(0.05);
      expect(
        rms(
          errorOf(
            type,
            zeros.map(() => value),
          ),
        ),
      ).toBeLessThan(0.05);
      expect(
        rms(
          errorOf(
            type,
            normal(256).map((x) => Math.abs(x) * value),
          ),
        ),
      ).toBeLessThan(type === 'Q6_K' ? 0.06 : 0.2);
    }
  });
});
