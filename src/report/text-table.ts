// Aligned plain-text tables and the few styles a terminal shows. Knows no terminal: colour is a function handed in.

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
 * Lines of a table. The last cell of a row that is shorter than the table runs on freely and widens no column,
 * so that a sentence may stand in place of figures.
 */
export function formatTable(rows: readonly TableRow[], align: readonly Align[], paint: Paint = noPaint): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map(({ cells }) => (runsOn(cells, column, columns) ? 0 : displayWidth(cells[column] ?? '')))),
  );
  return rows.map(({ cells, style }) => {
    const padded = cells.map((cell, column) =>
      runsOn(cells, column, columns) ? cell : pad(cell, widths[column]!, align[column] ?? 'left'),
    );
    const line = padded.join(GAP).trimEnd();
    return style ? paint(style, line) : line;
  });
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
