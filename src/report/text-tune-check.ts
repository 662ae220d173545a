// The tuner's choices against exhaustive sweeps as a table, and whether they hold.
import { type Align, formatTable, noPaint, type Paint, type TableRow } from './text-table.ts';
import { kernelText } from './tuning.ts';

/** As src/native/tune-check.ts finds it. */
export interface TuneCheckFigures {
  readonly id: string;
  readonly table: { readonly chosen: string | null; readonly seconds: number; readonly candidates: readonly unknown[] };
  readonly swept: number;
  readonly sweepSeconds: number;
  readonly best: string | null;
  readonly ratio: number;
  readonly interval: { readonly lo: number; readonly hi: number } | null;
}

/** What a choice may cost over the best, and take. The last block of a race may end a little late. */
const WITHIN = 1.05;
const SECONDS = 5.5;
const ALIGN: readonly Align[] = ['left', 'left', 'left', 'right', 'right', 'right'];

export function formatTuneChecks(
  checks: readonly TuneCheckFigures[],
  paint: Paint = noPaint,
): { readonly text: string; readonly passed: boolean } {
  const holds = ({ ratio, table }: TuneCheckFigures): boolean => ratio <= WITHIN && table.seconds <= SECONDS;
  const rows = checks.map((check): TableRow => {
    const { id, table, swept, sweepSeconds, best, ratio, interval } = check;
    const name = (own: string | null): string => (own === null ? 'none' : kernelText(own, id));
    const range = interval ? ` [${interval.lo.toFixed(3)}, ${interval.hi.toFixed(3)}]` : '';
    return {
      cells: [
        id,
        name(table.chosen),
        table.chosen === best ? 'the same' : name(best),
        `${ratio.toFixed(3)}${range}`,
        `${table.seconds.toFixed(1)} s`,
        `${swept} in ${sweepSeconds.toFixed(0)} s`,
      ],
      ...(holds(check) ? {} : { style: 'bad' as const }),
    };
  });
  const titles = ['case', 'tuner’s choice', 'best of the sweep', 'choice / best [90 %]', 'chosen in', 'sweep'];
  const good = checks.filter(holds).length;
  const worst = Math.max(...checks.map(({ ratio }) => ratio));
  const closing = `${good} of ${checks.length} within ${((WITHIN - 1) * 100).toFixed(0)} % of the exhaustive best in time; worst ${worst.toFixed(3)}`;
  const lines = formatTable([{ cells: titles, style: 'dim' }, ...rows], ALIGN, paint);
  return { text: [...lines, closing].join('\n'), passed: good === checks.length };
}
