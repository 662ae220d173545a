// The tuner's tables of a result file as text.
import { inReadingOrder } from '../core/case-order.ts';
import type { ResultFile } from '../results/schema.ts';
import { type Align, formatTable, indent, noPaint, type Paint, type TableRow } from './text-table.ts';
import { type Tuning, tuningLines, tuningSentence } from './tuning.ts';

const ALIGN: readonly Align[] = ['left', 'left', 'right', 'right'];

/** One table a tuned row, session by session; a sentence where the file holds none. */
export function formatTuningText(file: ResultFile, paint: Paint = noPaint): string {
  const tuned = file.sessions.flatMap(({ rows }, i) =>
    inReadingOrder(rows).flatMap(({ id, tuning }) => (tuning ? [{ id, tuning, session: i + 1 }] : [])),
  );
  if (tuned.length === 0) return 'no tuned case in this file';
  return tuned
    .map(({ id, tuning, session }) => {
      const title = file.sessions.length > 1 ? `${id} (session ${session})` : id;
      return `${paint('bold', title)}\n${tuningText(tuning, id, paint)}`;
    })
    .join('\n\n');
}

export function tuningText(tuning: Tuning, id: string, paint: Paint = noPaint): string {
  const lines = tuningLines(tuning, id);
  const rows: TableRow[] = lines.map(({ kernel, state, time, ratio, reason }) => ({
    cells: reason === '' ? [kernel, state, time, ratio] : [kernel, state, reason.split('\n', 1)[0]!],
    ...(state === 'chosen' ? { style: 'good' } : state === 'wrong' || state === 'error' ? { style: 'bad' } : {}),
  }));
  const head: TableRow = { cells: ['kernel', 'outcome', 'time', 'over the chosen [90 %]'], style: 'dim' };
  return [tuningSentence(tuning, id), ...formatTable([head, ...rows], ALIGN, paint).map((line) => indent(line))].join(
    '\n',
  );
}
