// Paragraphs of plain text wrapped to a fixed width. Knows no figure.

const WIDTH = 100;

/** A paragraph broken at spaces; continuation lines take `hang`. A single longer word gets a line of its own. */
export function wrap(text: string, indent = '', hang = indent, width = WIDTH): string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hang;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return empty ? lines : [...lines, line];
}
