import { describe, expect, it } from 'vitest';
import { formatDuration, formatQuantity, formatShare, formatWithInterval } from './units.ts';

describe('formatQuantity', () => {
  it.each([
    [290_000, 'ns', '290 µs'],
    [0.5, 'ns', '0.500 ns'],
    [1.5e9, 'ns', '1.50 s'],
    [59.23e12, 'FLOP/s', '59.2 TFLOP/s'],
    [1_008e9, 'bytes/s', '1.01 TB/s'],
    [142.4, 'tokens/s', '142 tok/s'],
    [3.2e11, 'tokens/s', '320 Gtok/s'],
    [0, 'bytes', '0 B'],
  ] as const)('%d %s → %s', (value, unit, text) => expect(formatQuantity(value, unit)).toBe(text));
  it('refuses what is not a number', () => {
    expect(() => formatQuantity(Number.NaN, 'ns')).toThrow('cannot show NaN ns');
  });
});

describe('formatWithInterval', () => {
  it('shows as many digits as the interval supports, in one scale', () => {
    expect(formatWithInterval(142.04, { lo: 140.2, hi: 144.1 }, 'tokens/s')).toBe('142.0 tok/s [140.2, 144.1]');
    expect(formatWithInterval(1_000_000, { lo: 600_000, hi: 1_900_000 }, 'ns')).toBe('1.0 ms [0.6, 1.9]');
    expect(formatWithInterval(5, null, 'ns')).toBe('5.00 ns');
  });
});

it('formats shares and durations', () => {
  expect(formatShare(0.714)).toBe('71 %');
  expect(formatShare(0.0123)).toBe('1.2 %');
  expect(formatDuration(125)).toBe('2 min 5 s');
});
