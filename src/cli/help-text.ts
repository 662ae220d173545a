// Help as a terminal shows it: paragraphs after the options wrapped like the options themselves. Knows no command.
import { wrap } from '../report/wrap.ts';

/** What Commander wraps its own lines to. */
const WIDTH = 80;

/** Wraps paragraphs whose lines begin at the margin; what is indented (options, examples) is left as it is. */
export function wrapHelp(text: string): string {
  return text
    .split(/(\n{2,})/)
    .map((part) => (isParagraph(part) ? wrapped(part) : part))
    .join('');
}

function isParagraph(part: string): boolean {
  const lines = part.split('\n').filter((line) => line !== '');
  return lines.some((line) => line.length > WIDTH) && lines.every((line) => !line.startsWith(' '));
}

/** Line ends around the paragraph stay. */
function wrapped(part: string): string {
  const [before] = /^\n*/.exec(part)!;
  const [after] = /\n*$/.exec(part)!;
  return before + wrap(part, '', '', WIDTH).join('\n') + after;
}
