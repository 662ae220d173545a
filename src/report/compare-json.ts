// A comparison as JSON (its own schema and version) and as CSV, one line a row. Base units; nothing rounded.
import type { ComparedRow, ComparedSide } from '../results/compare.ts';
import type { ComparisonReport, LabelledFile } from './comparison.ts';
import { verdictText } from './verdict-text.ts';

export function comparisonJson({ base, others }: ComparisonReport): string {
  const comparisons = others.map(({ next, comparison, gate }) => ({
    new: sideOf(next),
    ...(gate ? { gate } : {}),
    ...comparison,
    rows: comparison.rows.map(jsonRow),
  }));
  return JSON.stringify({ schema: 'fleetmark.comparison', schemaVersion: 1, base: sideOf(base), comparisons }, null, 1);
}

function sideOf({ label, file }: LabelledFile): Record<string, unknown> {
  return { label, id: file.id, sessions: file.sessions.length };
}

function jsonRow({ estimate, next, ...row }: ComparedRow): Record<string, unknown> {
  return {
    ...row,
    new: next,
    method: estimate?.method ?? null,
    ratio: estimate?.ratio ?? null,
    interval: estimate?.interval ?? null,
    p: estimate?.p ?? null,
    rankP: estimate?.rankP ?? null,
    // An assumed noise counts as known, for which JSON has no number.
    noise: estimate?.noise ? { ...estimate.noise, degrees: finiteOrNull(estimate.noise.degrees) } : null,
    verdictText: verdictText({ ...row, estimate, next }),
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const CSV_COLUMNS: readonly (readonly [string, (row: ComparedRow) => string | number | null | undefined])[] = [
  ['case', ({ id }) => id],
  ['metric', ({ metric }) => metric],
  ['unit', ({ unit }) => unit],
  ['better', ({ better }) => better],
  ['base_median', ({ base }) => base?.median],
  ['base_sessions', ({ base }) => countOf(base)],
  ['new_median', ({ next }) => next?.median],
  ['new_sessions', ({ next }) => countOf(next)],
  ['ratio', ({ estimate }) => estimate?.ratio],
  ['ratio_lo95', ({ estimate }) => estimate?.interval.lo],
  ['ratio_hi95', ({ estimate }) => estimate?.interval.hi],
  ['method', ({ estimate }) => estimate?.method],
  ['p', ({ estimate }) => estimate?.p],
  ['q', ({ q }) => q],
  ['rank_p', ({ estimate }) => estimate?.rankP],
  ['threshold', ({ threshold }) => threshold],
  ['verdict', ({ verdict }) => verdict],
  ['more_sessions', ({ moreSessions }) => moreSessions],
  ['why', ({ why }) => why.join('; ')],
];

/** RFC 4180, with a header; an empty cell is an absent figure. */
export function comparisonCsv({ base, others }: ComparisonReport): string {
  const head = ['base', 'new', ...CSV_COLUMNS.map(([name]) => name)];
  const lines = others.flatMap(({ next, comparison }) =>
    comparison.rows.map((row) => [base.label, next.label, ...CSV_COLUMNS.map(([, read]) => read(row))]),
  );
  return [head, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\r\n');
}

function countOf(side: ComparedSide | null): number {
  return side?.values.length ?? 0;
}

/** A text that a spreadsheet would run as a formula gets a quote before it (OWASP, CSV injection). */
function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
