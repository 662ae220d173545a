// A result file as the terminal shows it: one head line, a table a kind of case, failures in full, doubts as footnotes.
// Knows no terminal: colour is handed in.

import { inReadingOrder } from '../core/case-order.ts';
import { WARNINGS, type WarningName } from '../core/warnings.ts';
import type { ResultFile, Row } from '../results/schema.ts';
import { type JoinedCase, joinSessions } from '../results/sessions.ts';
import { findMetric, summarizeMetric } from '../results/summary.ts';
import { reproduceCommand } from './decoder-gate.ts';
import { adapterName, softwareLabel, timerText } from './environment.ts';
import { formatPeersText } from './text-peers.ts';
import { cellsOf, HEADINGS, type RowKind } from './text-row.ts';
import { formatTable, indent, noPaint, type Paint, type TableRow } from './text-table.ts';
import { counted, formatQuantity } from './units.ts';

/** The whole text, without the lines that say where the file is; tables wider than `width` columns are folded. */
export function formatResultText(file: ResultFile, paint: Paint = noPaint, width = Number.POSITIVE_INFINITY): string {
  const cases = inReadingOrder(joinSessions(file));
  const tables = (Object.keys(HEADINGS) as RowKind[])
    .map((kind) => formatKind(kind, cases, paint, width))
    .filter((table) => table !== '');
  const blocks = [
    formatHead(file, paint),
    ...tables,
    formatFailures(cases, file.plan, paint),
    formatDoubts(file, paint, width),
    formatPeersText(file),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** Adapter, browser, timer and sessions in one line; a software adapter's label in a second. */
export function formatHead(file: ResultFile, paint: Paint = noPaint): string {
  const { label, adapter, browser, os } = file.environment;
  const timers = [...new Set(file.sessions.map(({ timer }) => timerText(timer)))];
  const count = file.sessions.length;
  const unfinished = file.sessions.filter((session) => session.state !== 'complete').map((session) => session.state);
  const head = [
    paint('bold', label === undefined ? adapterName(adapter) : `${label}: ${adapterName(adapter)}`),
    `${browser.name} ${browser.version.split('.', 1)[0]} on ${os.name}`,
    ...timers,
    count === 1 ? '1 session' : `${count} sessions: median of their medians [lowest, highest]`,
    ...(unfinished.length > 0 ? [paint('warn', unfinished.join(', '))] : []),
  ].join(' · ');
  const software = softwareLabel(file.environment);
  return software ? `${head}\n${paint('warn', software)}` : head;
}

function formatKind(kind: RowKind, cases: readonly JoinedCase[], paint: Paint, width: number): string {
  const chosen = cases.filter((item) => item.rows[0]!.kind === kind);
  if (chosen.length === 0) return '';
  const { titles, align } = HEADINGS[kind];
  const rows: TableRow[] = chosen.map((item) => ({ cells: cellsOf(kind, item), ...styleOf(item.rows) }));
  const measured = rows.some((row) => row.cells.length === titles.length);
  const head: TableRow[] = measured ? [{ cells: titles, style: 'dim' }] : [];
  return formatTable([...head, ...rows], align, paint, width).join('\n');
}

function styleOf(rows: readonly Row[]): Pick<TableRow, 'style'> {
  if (rows.some((row) => (row.state === 'failed' || row.state === 'error') && !row.expectedFailure)) {
    return { style: 'bad' };
  }
  return rows.every((row) => row.state !== 'ok') ? { style: 'dim' } : {};
}

/** What went wrong, with the small table of the first fault. */
function formatFailures(cases: readonly JoinedCase[], plan: ResultFile['plan'], paint: Paint): string {
  const failed = cases.flatMap((item) => item.rows.filter((row) => row.state === 'failed' || row.state === 'error'));
  return failed
    .map((row) => {
      const title = `${row.id}: ${row.state}${row.expectedFailure ? ', as expected' : ''}`;
      const command = row.verification?.firstWrong ? [`again: ${reproduceCommand(row, plan)}`] : [];
      const speed = withheldSpeed(row);
      const detail = [row.reason, row.verification?.detail, speed && `no result: ${speed}`, ...command]
        .filter((text) => text)
        .join('\n');
      return `${paint(row.expectedFailure ? 'dim' : 'bad', title)}\n${indent(detail)}`.trimEnd();
    })
    .join('\n');
}

/** The named doubts with the rows that carry them, as footnotes. */
function formatDoubts(file: ResultFile, paint: Paint, width: number): string {
  const where = new Map<WarningName, Set<string>>();
  const add = (name: WarningName, place: string): void => {
    where.set(name, (where.get(name) ?? new Set()).add(place));
  };
  for (const session of file.sessions) {
    for (const warning of session.warnings) add(warning.name, 'every row');
    for (const row of session.rows) for (const warning of row.warnings) add(warning.name, row.id.split(':', 1)[0]!);
  }
  // The head line already carries it.
  where.delete('software-adapter');
  if (where.size === 0) return '';
  const rows = [...where].map(([name, places]): TableRow => ({ cells: [name, placesText(places), WARNINGS[name]] }));
  const title = counted(where.size, 'warning');
  return [paint('warn', title), ...formatTable(rows, [], noPaint, width - 2).map((line) => indent(line))].join('\n');
}

function placesText(places: ReadonlySet<string>): string {
  const [first, ...others] = places;
  return others.length === 0 || places.has('every row') ? first! : `${places.size} cases`;
}

/** The rate of a decoder whose answer is wrong, for a person to see that it is not hidden. */
function withheldSpeed(row: Row): string | null {
  const metric = findMetric(row, 'decode-rate');
  const summary = metric && summarizeMetric(metric);
  return summary && row.state === 'failed' ? formatQuantity(summary.median, 'tokens/s') : null;
}
