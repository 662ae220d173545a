import { describe, expect, it } from 'vitest';
import { dequantised, type QuantType } from '../../src/core/quantised.ts';
import { createRng } from '../../src/core/rng.ts';
import { quantFill, scaleFill } from './quantised-fill.ts';

const made = (type: QuantType, rows: number, k: number) => ({
  type,
  rows,
  k,
  quants: quantFill(type, rows, k)(createRng(3)),
  scales: scaleFill(type, rows, k)(createRng(4)),
});

describe.each(['int4', 'int8'] as const)('%s', (type) => {
  it('uses every quant, smallest included, with weights within ±1', () => {
    const weights = made(type, 64, 128);
    const values = Array.from({ length: 64 * 128 }, (_, i) => dequantised(weights, Math.floor(i / 128), i % 128));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.min(...values)).toBeLessThan(-0.9);
    expect(Math.max(...values)).toBeGreaterThan(0.8);
  });
  it('ends rows that do not fill their last block in zeros', () => {
    const weights = made(type, 3, 37);
    for (let row = 0; row < 3; row++) {
      const tail = Array.from({ length: 27 }, (_, i) => dequantised(weights, row, 37 + i));
      expect(tail.every((value) => value === 0)).toBe(true);
      expect(dequantised(weights, row, 0)).not.toBeNaN();
    }
    expect([36, 35, 34, 33].some((column) => dequantised(weights, 1, column) !== 0)).toBe(true);
  });
  it('is the same for the same seed', () => {
    expect(made(type, 2, 64)).toEqual(made(type, 2, 64));
  });
});
