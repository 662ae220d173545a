// Rows of a query as text, CSV, Markdown or JSON. Knows nothing of what they mean, so it scales and rounds nothing.
import { csvText } from '../results/export/csv-text.ts';
import { type Align, formatTable } from './text-table.ts';

export const ROW_FORMATS = ['text', 'csv', 'md', 'json'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

/** `rows` hold JSON values in the order of `columns`. No newline at the end. */
export function formatRows(
  format: RowFormat,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): string {
  if (format === 'json') {
    return JSON.stringify(
      rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))),
      null,
      1,
    );
  }
  const cells = rows.map((row) => row.map(cellText));
  if (format === 'csv') return csvText([columns, ...cells]);
  if (format === 'md') return markdownTable(columns, cells);
  const align = columns.map((_, i): Align => (rows.every((row) => isNumeric(row[i])) ? 'right' : 'left'));
  const head = { cells: columns, style: 'dim' as const };
  return formatTable([head, ...cells.map((row) => ({ cells: row }))], align).join('\n');
}

function markdownTable(columns: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---|').join('')}`, ...cells.map(line)].join('\n');
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isNumeric(value: unknown): boolean {
  return value === null || typeof value === 'number';
}
