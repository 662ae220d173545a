// Rows of a session → the lines of the case table: a number to sort by and a text to show for every column.
// Shared by the page's table and the Markdown export. Knows no DOM.
import type { Row, Session } from '../results/schema.ts';
import {
  findMetric,
  measuredRoofline,
  type Roofline,
  rateOf,
  rooflineShare,
  summarizeMetric,
} from '../results/summary.ts';
import { type CaseLabel, labelCase } from './case-label.ts';
import { formatQuantity, formatShare, formatWithInterval } from './units.ts';

export const COLUMNS = [
  { key: 'time', label: 'Time', help: 'median of one operation or run; ± half the 95 % interval' },
  { key: 'flops', label: 'FLOP/s', help: 'algorithmic operations over the median time' },
  { key: 'bytes', label: 'Bytes/s', help: 'algorithmic bytes over the median time; caches are not counted' },
  { key: 'roofline', label: 'Roofline', help: 'share of the measured roof that applies, and which roof that is' },
  { key: 'decode', label: 'Decode', help: 'median decode rate of the measured generations' },
  { key: 'ttft', label: 'TTFT', help: 'median time to first token' },
] as const;
export type ColumnKey = (typeof COLUMNS)[number]['key'];

export interface Cell {
  /** Base unit; what sorting compares. */
  readonly value: number;
  readonly text: string;
  /** Said smaller after the text: spread, bound. */
  readonly note?: string;
}

export interface CaseLine {
  readonly row: Row;
  readonly label: CaseLabel;
  readonly stateWord: string;
  readonly verified: string;
  /** True where the numbers must not be read as results: the check failed, or the case did not end well. */
  readonly struck: boolean;
  readonly cells: Readonly<Partial<Record<ColumnKey, Cell>>>;
}

const STATE_WORDS: Readonly<Record<Row['state'], string>> = {
  ok: 'ok',
  failed: 'disagrees',
  error: 'error',
  skipped: 'skipped',
  cancelled: 'cancelled',
};

export function caseLines(session: Pick<Session, 'rows'>): CaseLine[] {
  const roof = measuredRoofline(session);
  return session.rows.map((row) => ({
    row,
    label: labelCase(row.id),
    stateWord: row.state === 'failed' && row.expectedFailure ? 'disagrees (known)' : STATE_WORDS[row.state],
    verified: verifiedText(row),
    struck: row.state !== 'ok' || row.verification?.state === 'failed',
    cells: cellsOf(row, roof),
  }));
}

/** `all 64`, `4,096 of 262,144`, `disagrees`, `no reference`; empty where the case never got so far. */
export function verifiedText({ verification }: Row): string {
  if (!verification) return '';
  const { state, checked, total } = verification;
  if (state === 'none') return 'no reference';
  if (state === 'failed') return 'disagrees';
  return checked === total ? `all ${grouped(total)}` : `${grouped(checked)} of ${grouped(total)}`;
}

export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function cellsOf(row: Row, roof: Roofline): CaseLine['cells'] {
  const cells: Partial<Record<ColumnKey, Cell>> = {};
  const put = (key: ColumnKey, cell: Cell | null): void => {
    if (cell) cells[key] = cell;
  };
  put('time', metricCell(row, 'time', 'ns') ?? metricCell(row, 'latency', 'ns'));
  for (const [work, unit] of [
    ['flops', 'FLOP/s'],
    ['bytes', 'bytes/s'],
  ] as const) {
    const rate = rateOf(row, work);
    put(work, rate === null ? null : { value: rate, text: formatQuantity(rate, unit) });
  }
  const share = rooflineShare(row, roof);
  put('roofline', share && { value: share.share, text: formatShare(share.share), note: share.bound });
  put('decode', metricCell(row, 'decode-rate', 'tokens/s'));
  put('ttft', metricCell(row, 'ttft', 'ns'));
  return cells;
}

function metricCell(row: Row, name: string, unit: 'ns' | 'tokens/s'): Cell | null {
  const metric = findMetric(row, name);
  const summary = metric && summarizeMetric(metric);
  if (!summary) return null;
  const spread = summary.relativeHalfWidth;
  const note = spread === null ? `n = ${summary.n}` : `± ${formatShare(spread)}`;
  return { value: summary.median, text: formatQuantity(summary.median, unit), note };
}

/** A metric in full: median, 95 % interval and n, or the range where n is too small for an interval. */
export function metricSentence(row: Row, name: string, unit: 'ns' | 'tokens/s' | 'bytes' | '1'): string | null {
  const metric = findMetric(row, name);
  const summary = metric && summarizeMetric(metric);
  if (!summary) return null;
  if (summary.interval) return `${formatWithInterval(summary.median, summary.interval, unit)}, n = ${summary.n}`;
  if (summary.n === 1) return `${formatQuantity(summary.median, unit)}, n = 1`;
  const range = `${formatQuantity(summary.min, unit)} to ${formatQuantity(summary.max, unit)}`;
  return `${formatQuantity(summary.median, unit)}, range ${range}, n = ${summary.n}`;
}

/** Order of a click on a column: rows without a value last, whichever way it is sorted. */
export function sortLines(
  lines: readonly CaseLine[],
  by: ColumnKey | 'case' | 'state' | 'verified',
  direction: 'ascending' | 'descending',
): CaseLine[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const textOf = (line: CaseLine): string =>
    by === 'case' ? line.row.id : by === 'state' ? line.stateWord : line.verified;
  return [...lines].sort((a, b) => {
    if (by === 'case' || by === 'state' || by === 'verified') {
      return sign * textOf(a).localeCompare(textOf(b), 'en', { numeric: true });
    }
    const [x, y] = [a.cells[by]?.value, b.cells[by]?.value];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * (x - y);
  });
}
