// A fleet figure in words: median and 80 % interval in its unit. Knows no report.
import type { Figure } from '../fleet/figure.ts';
import { plain } from './plain.ts';
import { formatWithInterval } from './units.ts';

/** Median and interval, the interval in at least two digits of the unit the median is shown in. */
export function withInterval(figure: Figure): string {
  const { value, lo, hi, unit } = figure;
  const certain = lo === hi;
  if (unit === 'tokens/s' || unit === 'W') return formatWithInterval(value, certain ? null : figure, unit);
  if (unit === '1') return certain ? plain(value) : formatWithInterval(value, figure, '1');
  return certain ? count(value) : `${count(value)} [${count(lo)}, ${count(hi)}]`;
}

/** Whole things, to three digits: no count here is known better. */
function count(value: number): string {
  return Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
}
