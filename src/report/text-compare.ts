// A comparison as text for a terminal and as Markdown for an issue or pull request. Computes nothing: src/results did.
import { WARNINGS } from '../core/warnings.ts';
import type { ComparedRow, FileComparison } from '../results/compare.ts';
import type { GateJudgement } from '../results/gates.ts';
import type { Verdict } from '../results/verdict.ts';
import type { ComparedFile, ComparisonReport, LabelledFile } from './comparison.ts';
import { type Align, formatTable, indent, noPaint, type Paint, type Style, type TableRow } from './text-table.ts';
import { counted } from './units.ts';
import { countText, meansText, pText, ratioText, sideFigure, verdictText } from './verdict-text.ts';
import { wrap } from './wrap.ts';

interface Column {
  readonly title: string;
  readonly align: Align;
  readonly cell: (row: ComparedRow) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'case', align: 'left', cell: ({ id }) => id },
  { title: 'metric', align: 'left', cell: ({ metric }) => metric ?? '–' },
  { title: 'base', align: 'right', cell: (row) => sideFigure(row, 'base') },
  { title: 'new', align: 'right', cell: (row) => sideFigure(row, 'next') },
  { title: 'new / base [95 %]', align: 'right', cell: ratioText },
  { title: 'better', align: 'left', cell: ({ better }) => better },
];
/** Shown only where some row has enough sessions for the test. */
const RANK_COLUMN: Column = {
  title: 'U test p',
  align: 'right',
  cell: ({ estimate }) => pText(estimate?.rankP ?? null),
};
const VERDICT_COLUMN: Column = { title: 'verdict', align: 'left', cell: verdictText };

const STYLES: Readonly<Partial<Record<Verdict, Style>>> = { faster: 'good', slower: 'bad', 'not-comparable': 'dim' };

/** Tables wider than `width` columns are folded. */
export function comparisonText(report: ComparisonReport, paint: Paint, width = Number.POSITIVE_INFINITY): string {
  const table: Table = (rows, ink) => textTable(rows, ink, width);
  return report.others.map((other) => blocks(report.base, other, (text) => text, table, paint)).join('\n\n\n');
}

type Table = (rows: readonly ComparedRow[], paint: Paint) => string;

export function comparisonMarkdown(report: ComparisonReport): string {
  return report.others.map((other) => blocks(report.base, other, codeBlock, markdownTable, noPaint)).join('\n\n');
}

function blocks(
  base: LabelledFile,
  { next, comparison, gate }: ComparedFile,
  verbatim: (text: string) => string,
  table: Table,
  paint: Paint,
): string {
  const parts = [
    verbatim(`base  ${sideText(base)}\nnew   ${sideText(next)}`),
    comparison.software ? paint('warn', WARNINGS['software-adapter']) : '',
    comparison.rows.length === 0 ? 'no case is in both files' : table(comparison.rows, paint),
    comparison.rows.length === 0 ? '' : [countText(comparison.rows), ...wrap(meansText(comparison) ?? '')].join('\n'),
    gate ? gateText(gate) : '',
    verbatim(missingText(comparison)),
    verbatim(differencesText(comparison)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function sideText({ label, file }: LabelledFile): string {
  const count = file.sessions.length;
  const unfinished = file.sessions.filter((session) => session.state !== 'complete').length;
  const note = unfinished > 0 ? `, ${unfinished} unfinished` : '';
  return `${label}: ${counted(count, 'session')}${note}, ${file.createdAt}`;
}

function columnsFor(rows: readonly ComparedRow[]): Column[] {
  const ranked = rows.some(({ estimate }) => estimate?.rankP != null);
  return [...COLUMNS, ...(ranked ? [RANK_COLUMN] : []), VERDICT_COLUMN];
}

function textTable(rows: readonly ComparedRow[], paint: Paint, width: number): string {
  const columns = columnsFor(rows);
  const lines: TableRow[] = rows.map((row) => {
    const style = STYLES[row.verdict];
    return { cells: columns.map(({ cell }) => cell(row)), ...(style ? { style } : {}) };
  });
  const head: TableRow = { cells: columns.map(({ title }) => title), style: 'dim' };
  const align = columns.map((column) => column.align);
  return formatTable([head, ...lines], align, paint, width).join('\n');
}

function markdownTable(rows: readonly ComparedRow[]): string {
  const columns = columnsFor(rows);
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = line(columns.map(({ align }) => (align === 'right' ? '---:' : '---')));
  return [
    line(columns.map(({ title }) => title)),
    rule,
    ...rows.map((row) => line(columns.map(({ cell }) => cell(row)))),
  ].join('\n');
}

/** A cell may hold neither a pipe nor a line break; `*` in ids would start emphasis. */
function escapeCell(text: string): string {
  return text.replaceAll(/([|*])/g, '\\$1').replaceAll(/\s*\n\s*/g, ' ');
}

/** Aligned text keeps its alignment in Markdown. */
function codeBlock(text: string): string {
  return text === '' ? '' : `\`\`\`text\n${text}\n\`\`\``;
}

function gateText({ outcome, reasons, rows }: GateJudgement): string {
  const head = `gate over ${counted(rows, 'row')}: ${outcome}`;
  return [head, ...reasons.map((reason) => `- ${reason}`)].join('\n');
}

function missingText({ missing }: FileComparison): string {
  if (missing.length === 0) return '';
  const rows: TableRow[] = missing.map(({ id, side }) => ({ cells: [id, `not in ${side}`] }));
  return ['not compared', ...formatTable(rows, []).map((line) => indent(line))].join('\n');
}

function differencesText({ differences }: FileComparison): string {
  if (differences.length === 0) return '';
  const rows: TableRow[] = differences.map(({ what, base, next }) => ({ cells: [what, base, next] }));
  return ['the files differ in', ...formatTable(rows, []).map((line) => indent(line))].join('\n');
}
