// Rows of a session → the lines of the case table: a number to sort by and a text to show for every column.
// Shared by the page's table and the Markdown export. Knows no DOM.
import { runtimeOfCase } from '../core/runtimes.ts';
import type { Metric, Row, Session } from '../results/schema.ts';
import {
  decodeBound,
  findMetric,
  measuredRoofline,
  missingProbe,
  type Roofline,
  type RooflineShare,
  ranOnCpu,
  rateOf,
  rooflineShare,
  summarizeMetric,
} from '../results/summary.ts';
import { type CaseLabel, labelCase } from './case-label.ts';
import { formatQuantity, formatShare, formatWithInterval } from './units.ts';

export interface Column {
  readonly key: ColumnKey;
  readonly label: string;
  readonly help: string;
}
export type ColumnKey =
  | 'time'
  | 'flops'
  | 'bytes'
  | 'roofline'
  | 'decode'
  | 'bound'
  | 'ttft'
  | 'gap'
  | 'perplexity'
  | 'placement';

const COLUMN_TEXTS: Readonly<Record<ColumnKey, Omit<Column, 'key'>>> = {
  time: { label: 'Time', help: 'median of one operation or run; ± half the 95 % interval' },
  flops: { label: 'FLOP/s', help: 'algorithmic operations over the median time' },
  bytes: { label: 'Bytes/s', help: 'algorithmic bytes over the median time; caches are not counted' },
  roofline: { label: 'Roofline', help: 'share of the measured roof that applies, and which roof that is' },
  decode: { label: 'Decode', help: 'median decode rate of the measured generations' },
  bound: {
    label: 'Of bound',
    help: 'decode rate over measured bandwidth / bytes a token: what is left when every byte comes once at full speed',
  },
  ttft: { label: 'TTFT', help: 'median time to first token' },
  gap: { label: 'Token gap', help: 'median time between two tokens; p90 from 29 gaps' },
  perplexity: { label: 'Perplexity', help: 'on text the model was not trained on; lower is better' },
  placement: { label: 'On the GPU', help: 'graph nodes that ran on the GPU' },
};

/** Kinds of case with columns of their own, in the order shown. */
const GROUPS: readonly { title: string; kinds: readonly Row['kind'][]; columns: readonly ColumnKey[] }[] = [
  { title: 'Kernels', kinds: ['kernel'], columns: ['time', 'flops', 'bytes', 'roofline'] },
  {
    title: 'Models',
    kinds: ['decoder', 'model'],
    columns: ['decode', 'bound', 'ttft', 'gap', 'perplexity', 'time', 'placement'],
  },
  { title: 'Peers', kinds: ['peer'], columns: ['time', 'flops', 'bytes', 'roofline'] },
];

export interface CaseGroup {
  readonly title: string;
  /** Only those in which some line of the group has a cell. */
  readonly columns: readonly Column[];
  readonly lines: readonly CaseLine[];
}

/** Lines by kind, each group with the columns it needs; empty groups are left out. */
export function caseGroups(lines: readonly CaseLine[]): CaseGroup[] {
  return GROUPS.map(({ title, kinds, columns }) => {
    const own = lines.filter(({ row }) => kinds.includes(row.kind));
    const used = columns.filter((key) => own.some(({ cells }) => cells[key] !== undefined));
    return { title, lines: own, columns: used.map((key) => ({ key, ...COLUMN_TEXTS[key] })) };
  }).filter(({ lines: own }) => own.length > 0);
}

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
  put(
    'roofline',
    share ? { value: share.share, text: formatShare(share.share), note: boundText(share) } : unknownShare(row, roof),
  );
  put('decode', metricCell(row, 'decode-rate', 'tokens/s'));
  const bound = decodeBound(row, roof);
  put(
    'bound',
    bound && {
      value: bound.share,
      text: formatShare(bound.share),
      note: `of ${formatQuantity(bound.tokensPerSecond, 'tokens/s')}`,
    },
  );
  const perplexity = row.verification?.perplexity;
  put('perplexity', perplexity ? { value: perplexity.value, text: perplexity.value.toFixed(3) } : null);
  put('ttft', metricCell(row, 'ttft', 'ns'));
  put('gap', gapCell(row));
  put('placement', placementCell(row));
  return cells;
}

/** `bandwidth`, `compute`; with the arithmetic where it is not f32. */
export function boundText({ bound, arithmetic }: RooflineShare): string {
  return bound === 'compute' && arithmetic !== 'f32' ? `${arithmetic} compute` : bound;
}

/** In place of a share: which probe did not run. */
function unknownShare(row: Row, roof: Roofline): Cell | null {
  const missing = missingProbe(row, roof);
  return missing === null ? null : { value: 0, text: '–', note: missing };
}

function metricCell(row: Row, name: string, unit: 'ns' | 'tokens/s'): Cell | null {
  const metric = findMetric(row, name);
  const summary = metric && summarizeMetric(metric);
  if (!summary) return null;
  const spread = summary.relativeHalfWidth;
  const note = spread === null ? `n = ${summary.n}` : `± ${formatShare(spread)}`;
  return { value: summary.median, text: formatQuantity(summary.median, unit), note };
}

function gapCell(row: Row): Cell | null {
  const metric = findMetric(row, 'gap');
  const summary = metric && summarizeMetric(metric);
  if (!summary) return null;
  const note = summary.p90 === null ? `n = ${summary.n}` : `p90 ${formatQuantity(summary.p90, 'ns')}`;
  return { value: summary.median, text: formatQuantity(summary.median, 'ns'), note };
}

function placementCell(row: Row): Cell | null {
  const { id, placement, metrics } = row;
  if (metrics.length === 0) return null;
  if (ranOnCpu(row)) return { value: 0, text: 'no', note: 'CPU, wasm' };
  if (runtimeOfCase(id) === 'wgsl') return { value: 1, text: 'all' };
  if (!placement || placement.nodes === 0) return null;
  const { nodes, nodesOnGpu } = placement;
  const text = nodesOnGpu === nodes ? 'all' : formatShare(nodesOnGpu / nodes);
  const note = nodesOnGpu === nodes ? `${nodes} nodes` : `${nodesOnGpu} of ${nodes} nodes`;
  return { value: nodesOnGpu / nodes, text, note };
}

/** A metric in full: median, 95 % interval and n, or the range where n is too small for an interval. */
export function metricSentence(row: Row, name: string, unit: Metric['unit']): string | null {
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
