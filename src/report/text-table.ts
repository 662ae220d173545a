// Aligned plain-text tables and the few styles a terminal shows. Knows no terminal: colour is a function handed in.

import { wrap } from './wrap.ts';

export type Style = 'bold' | 'dim' | 'good' | 'bad' | 'warn';
/** Wraps a text in a style; the identity where there is no colour. */
export type Paint = (style: Style, text: string) => string;

export const noPaint: Paint = (_style, text) => text;

export type Align = 'left' | 'right';
export interface TableRow {
  readonly cells: readonly string[];
  /** Applied to the finished line. */
  readonly style?: Style;
}

const GAP = '   ';
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
/** East Asian wide and emoji blocks, enough for the names adapters and files carry (Unicode TR 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Terminal columns a text takes: escapes and combining marks none, wide characters two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text.replace(ESCAPES, ''))) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * Lines of a table; where they would be wider than `width`, a row takes several. The last cell of a row that is shorter than
 * the table runs on freely and widens no column, so that a sentence may stand in place of figures.
 */
export function formatTable(
  rows: readonly TableRow[],
  align: readonly Align[],
  paint: Paint = noPaint,
  width = Number.POSITIVE_INFINITY,
): string[] {
  const widths = columnWidths(rows);
  const columns = widths.length;
  if (lineWidth(widths) > width) return foldTable(rows, align, widths, paint, width);
  return rows.map(({ cells, style }) => {
    const padded = cells.map((cell, column) =>
      runsOn(cells, column, columns) ? cell : pad(cell, widths[column]!, align[column] ?? 'left'),
    );
    const line = padded.join(GAP).trimEnd();
    return style ? paint(style, line) : line;
  });
}

function columnWidths(rows: readonly TableRow[]): number[] {
  const columns = Math.max(0, ...rows.map((row) => row.cells.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map(({ cells }) => (runsOn(cells, column, columns) ? 0 : displayWidth(cells[column] ?? '')))),
  );
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * Math.max(0, widths.length - 1));
}

/** Where the rows of a folded table go on. */
const FOLD_INDENT = '    ';

/**
 * What names a row (its left-aligned cells) on a line of its own, the other cells under it in the order they have and the
 * widths of their columns, as many to a line as fit. A sentence in place of figures is wrapped.
 */
function foldTable(
  rows: readonly TableRow[],
  align: readonly Align[],
  widths: readonly number[],
  paint: Paint,
  width: number,
): string[] {
  const firstFigure = align.indexOf('right');
  const names = firstFigure < 1 ? 1 : firstFigure;
  const lines = chunksThatFit(widths, names, width - FOLD_INDENT.length);
  const lineOf = (cells: readonly string[], line: readonly number[]): string[] => {
    const text = line.map((column) => pad(cells[column] ?? '', widths[column]!, align[column] ?? 'left')).join(GAP);
    const isTooLong = displayWidth(text) > width - FOLD_INDENT.length;
    return isTooLong ? wrap(text, FOLD_INDENT, FOLD_INDENT, width) : [FOLD_INDENT + text];
  };
  return rows.flatMap(({ cells, style }) => {
    const isSentence = cells.length < widths.length;
    const under = isSentence
      ? wrap(cells.slice(names).join(GAP), FOLD_INDENT, FOLD_INDENT, width)
      : lines.flatMap((line) => lineOf(cells, line));
    const folded = [cells.slice(0, names).join(GAP), ...under].map((text) => text.trimEnd());
    return folded.filter((text) => text !== '').map((text) => (style ? paint(style, text) : text));
  });
}

/** Columns from `first` on, in groups no wider than `width` where one column is not wider alone. */
function chunksThatFit(widths: readonly number[], first: number, width: number): number[][] {
  const chunks: number[][] = [];
  for (let column = first; column < widths.length; column++) {
    const last = chunks.at(-1);
    const joined = [...(last ?? []), column];
    if (last && lineWidth(joined.map((i) => widths[i]!)) <= width) last.push(column);
    else chunks.push([column]);
  }
  return chunks;
}

function runsOn(cells: readonly string[], column: number, columns: number): boolean {
  return column === cells.length - 1 && cells.length < columns;
}

function pad(text: string, width: number, align: Align): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}

/** Indents every line of a text. */
export function indent(text: string, by = '  '): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n');
}
