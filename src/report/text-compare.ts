// A comparison of two files as text, Markdown or JSON. Computes nothing: src/results/compare.ts did.
import { WARNINGS } from '../core/warnings.ts';
import { type ComparedMetric, type FileComparison, VERDICTS } from '../results/compare.ts';
import type { Metric, ResultFile } from '../results/schema.ts';
import { type Align, formatTable, indent, type Paint, type TableRow } from './text-table.ts';
import { formatQuantity } from './units.ts';

export type ComparisonFormat = 'text' | 'json' | 'md';

export interface LabelledFile {
  readonly label: string;
  readonly file: ResultFile;
}

const TITLES = ['case', 'metric', 'base', 'new', 'new / base', 'better', 'verdict'] as const;
const ALIGN: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'left', 'left'];

export function formatComparison(
  format: ComparisonFormat,
  base: LabelledFile,
  next: LabelledFile,
  comparison: FileComparison,
  paint: Paint,
): string {
  if (format === 'json') return JSON.stringify(jsonOf(base, next, comparison), null, 1);
  const blocks = [
    `base  ${sideText(base)}\nnew   ${sideText(next)}`,
    comparison.software ? paint('warn', WARNINGS['software-adapter']) : '',
    format === 'md' ? markdownTable(comparison.metrics) : textTable(comparison.metrics, paint),
    ...[missingText(comparison), differencesText(comparison)].map((text) => (format === 'md' ? codeBlock(text) : text)),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function sideText({ label, file }: LabelledFile): string {
  const count = file.sessions.length;
  const unfinished = file.sessions.filter((session) => session.state !== 'complete').length;
  const note = unfinished > 0 ? `, ${unfinished} unfinished` : '';
  return `${label}: ${count} ${count === 1 ? 'session' : 'sessions'}${note}, ${file.createdAt}`;
}

function textTable(metrics: readonly ComparedMetric[], paint: Paint): string {
  if (metrics.length === 0) return 'no case and metric is measured on both sides';
  const rows: TableRow[] = metrics.map((metric) => ({ cells: cellsOf(metric) }));
  return formatTable([{ cells: TITLES, style: 'dim' }, ...rows], ALIGN, paint).join('\n');
}

function markdownTable(metrics: readonly ComparedMetric[]): string {
  if (metrics.length === 0) return 'No case and metric is measured on both sides.';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = line(ALIGN.map((align) => (align === 'right' ? '---:' : '---')));
  return [line(TITLES), rule, ...metrics.map((metric) => line(cellsOf(metric)))].join('\n');
}

/** Aligned text keeps its alignment in Markdown. */
function codeBlock(text: string): string {
  return text === '' ? '' : `\`\`\`text\n${text}\n\`\`\``;
}

function cellsOf({ id, metric, unit, better, base, next, ratio, mismatch, verdict }: ComparedMetric): string[] {
  const notes = [VERDICTS[verdict], ...mismatch].join('; ');
  return [
    id,
    metric,
    medianText(base.median, unit),
    medianText(next.median, unit),
    ratio === null ? '–' : ratio.toFixed(3),
    better,
    notes,
  ];
}

function medianText(value: number, unit: Metric['unit']): string {
  return formatQuantity(value, unit, 4);
}

function missingText({ missing }: FileComparison): string {
  if (missing.length === 0) return '';
  const rows: TableRow[] = missing.map(({ id, side, why }) => ({ cells: [id, side, why.split('\n', 1)[0]!] }));
  return ['not compared', ...formatTable(rows, []).map((line) => indent(line))].join('\n');
}

function differencesText({ differences }: FileComparison): string {
  if (differences.length === 0) return '';
  const rows: TableRow[] = differences.map(({ what, base, next }) => ({ cells: [what, base, next] }));
  const foreign = differences.some(({ what }) => what === 'adapter');
  const title = foreign
    ? 'the adapters differ: the ratios are between machines, not between versions'
    : 'the files differ in';
  return [title, ...formatTable(rows, []).map((line) => indent(line))].join('\n');
}

function jsonOf(base: LabelledFile, next: LabelledFile, comparison: FileComparison): Record<string, unknown> {
  const side = ({ label, file }: LabelledFile): Record<string, unknown> => ({
    label,
    id: file.id,
    sessions: file.sessions.length,
  });
  const metrics = comparison.metrics.map((metric) => ({ ...metric, verdictText: VERDICTS[metric.verdict] }));
  return {
    schema: 'fleetmark.comparison',
    schemaVersion: 1,
    base: side(base),
    new: side(next),
    ...comparison,
    metrics,
  };
}
