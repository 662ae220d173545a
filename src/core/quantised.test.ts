import { describe, expect, it } from 'vitest';
import { BLOCK, blocksPerRow, dequantised, emptyWeights, type QuantType, quantise, setBlock } from './quantised.ts';
import { createRng } from './rng.ts';

const TYPES: readonly [QuantType, number][] = [
  ['int4', 7],
  ['int8', 127],
];

describe.each(TYPES)('%s', (type, largest) => {
  it.each([1, 31, 32, 33, 96])('comes within half a step of weights of length %i, and zero stays zero', (k) => {
    const rng = createRng(1);
    const rows = 5;
    const weights = Float32Array.from({ length: rows * k }, (_, i) => (i % 7 === 0 ? 0 : rng.normal()));
    const made = quantise(type, rows, k, weights);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < k; column++) {
        const first = column - (column % BLOCK);
        const block = weights.subarray(row * k + first, row * k + Math.min(k, first + BLOCK));
        const step = Math.max(...block.map(Math.abs)) / largest;
        const [actual, expected] = [dequantised(made, row, column), weights[row * k + column]!];
        expect(Math.abs(actual - expected)).toBeLessThanOrEqual(0.5 * step * 1.01);
        if (expected === 0) expect(actual).toBe(0);
      }
    }
  });
  it('keeps every number it can store', () => {
    const least = type === 'int4' ? -8 : -128;
    const rows = 3;
    const made = emptyWeights(type, rows, 2 * BLOCK);
    const values = (index: number): Int8Array =>
      Int8Array.from({ length: BLOCK }, (_, i) => least + ((7 * i + 3 * index) % (2 * -least)));
    for (let index = 0; index < rows * blocksPerRow(2 * BLOCK); index++) setBlock(made, index, values(index), 0x3800);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < 2 * BLOCK; column++) {
        const index = 2 * row + Math.floor(column / BLOCK);
        expect(dequantised(made, row, column)).toBe(0.5 * values(index)[column % BLOCK]!);
      }
    }
  });
});
