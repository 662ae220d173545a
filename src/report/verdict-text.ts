// Words and figures of a compared row, the same in every format. Computes nothing that src/results did not.
import type { ComparedRow, FileComparison } from '../results/compare.ts';
import type { Verdict } from '../results/verdict.ts';
import { counted, formatQuantity } from './units.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  faster: 'faster',
  slower: 'slower',
  same: 'same',
  small: 'small',
  inconclusive: 'inconclusive',
  'not-comparable': 'not comparable',
};

/** `slower`; `inconclusive: about 4 more sessions a side`; `not comparable: different adapter: …`. */
export function verdictText(row: ComparedRow): string {
  const notes = [...advice(row), ...row.why];
  return notes.length === 0 ? VERDICT_WORDS[row.verdict] : `${VERDICT_WORDS[row.verdict]}: ${notes.join('; ')}`;
}

/** Beyond this nobody runs them: the number itself would pretend to a plan. */
const MANY_SESSIONS = 100;

function advice({ verdict, moreSessions, unsteady, estimate }: ComparedRow): string[] {
  if (verdict !== 'inconclusive') return [];
  // Withheld for its drift: it is not more of the same sessions that would help.
  if (moreSessions === null) return unsteady && estimate?.method === 'noise' ? [] : ['over 1000 sessions'];
  if (moreSessions > MANY_SESSIONS) return [`over ${MANY_SESSIONS} more sessions a side`];
  return [`about ${counted(moreSessions, 'more session')} a side`];
}

/** `0.912 [0.881, 0.944]`; a dash without a ratio. */
export function ratioText({ estimate }: ComparedRow): string {
  if (!estimate) return '–';
  const { ratio, interval } = estimate;
  return `${ratio.toFixed(3)} [${interval.lo.toFixed(3)}, ${interval.hi.toFixed(3)}]`;
}

export function sideFigure(row: ComparedRow, side: 'base' | 'next'): string {
  const found = row[side];
  return found ? formatQuantity(found.median, row.unit, 4) : '–';
}

/** Two digits where a p-value is small enough to matter; `–` where the test does not apply. */
export function pText(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** `12 rows: 1 slower, 11 same`, in the order of the verdicts' list. */
export function countText(rows: readonly ComparedRow[]): string {
  const counts = Object.entries(VERDICT_WORDS).flatMap(([verdict, word]) => {
    const count = rows.filter((row) => row.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return `${counted(rows.length, 'row')}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
}

/** `geometric mean of speed-ups (above 1 is better): time 1.021 over 11 of 12 rows`; null without one. */
export function meansText({ geometricMeans }: FileComparison): string | null {
  if (geometricMeans.length === 0) return null;
  const parts = geometricMeans.map(
    ({ metric, speedup, rows, of }) => `${metric} ${speedup.toFixed(3)} over ${rows} of ${of} rows`,
  );
  return `geometric mean of speed-ups (above 1 is better): ${parts.join('; ')}`;
}
