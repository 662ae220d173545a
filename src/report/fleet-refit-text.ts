// What own runs changed in the serving model, as plain tables. Computes nothing.
import type { Interval } from '../fleet/serving/intervals.ts';
import { PARAMETERS } from '../fleet/serving/parameters.ts';
import type { Refit } from '../fleet/serving/refit.ts';
import { type Align, formatTable } from './text-table.ts';
import { formatQuantity } from './units.ts';
import { wrap } from './wrap.ts';

const NS_PER_MS = 1e6;
const ALIGN: readonly Align[] = ['left', 'right', 'right', 'right', 'right'];

export function formatRefit({ publishedPoints, runs, parameters, medianShift, widthShift }: Refit): string {
  const plural = runs.length === 1 ? 'Your run' : `Your ${runs.length} runs`;
  const sentence = `${plural} beside ${publishedPoints} published ones moved the predicted time per token by ${percent(medianShift)} at the median and the width of its 80 % interval by ${percent(widthShift)}.`;
  const runRows = runs.map(({ id, measuredTpotMs, before, after }) => [
    id,
    time(measuredTpotMs),
    spread(before),
    holds(before, measuredTpotMs),
    spread(after),
  ]);
  const parameterRows = parameters.map(({ name, before, after }) => [
    PARAMETERS[name].what,
    formatQuantity(inUnit(before, PARAMETERS[name].unit), PARAMETERS[name].unit === 's' ? 'ns' : '1'),
    formatQuantity(inUnit(after, PARAMETERS[name].unit), PARAMETERS[name].unit === 's' ? 'ns' : '1'),
    percent(Math.log(after / before)),
  ]);
  return [
    ...wrap(sentence),
    '',
    ...table([['time per token', 'measured', 'before [80 %]', 'inside', 'after [80 %]'], ...runRows]),
    '',
    ...table([['parameter', 'before', 'after', 'moved'], ...parameterRows]),
  ].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  return formatTable(
    rows.map((cells) => ({ cells })),
    ALIGN,
  );
}

function inUnit(value: number, unit: string): number {
  return unit === 's' ? value * 1e9 : value;
}

function holds({ i80: [lo, hi] }: Interval, measured: number): string {
  return measured >= lo && measured <= hi ? 'yes' : 'no';
}

function spread({ p50, i80: [lo, hi] }: Interval): string {
  return `${time(p50)} [${time(lo)}, ${time(hi)}]`;
}

function time(ms: number): string {
  return formatQuantity(ms * NS_PER_MS, 'ns');
}

/** A change of a logarithm as a signed percentage. */
function percent(log: number): string {
  const value = 100 * (Math.exp(log) - 1);
  return `${value >= 0.05 ? '+' : ''}${Math.abs(value) < 0.05 ? '0.0' : value.toFixed(1)} %`;
}
