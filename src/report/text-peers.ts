// The peers of a run: at each shape the fastest library's time over ours with the interval of the paired ratio, then the
// others; last the geometric mean. As values for a table and as lines of text. Knows no library.
import { comparePeers, geometricMeanOverBest, type PeerComparison, type PeerRatio } from '../results/peer-ratios.ts';
import type { Session } from '../results/schema.ts';
import { labelCase } from './case-label.ts';
import { formatTable, type TableRow } from './text-table.ts';

const HEAD = ['operation', 'parameters', 'best peer', 'ratio [95 %]', 'rounds', 'others'] as const;

export interface PeersTable {
  readonly title: string;
  readonly head: readonly string[];
  /** A row a shape; one without a ratio is shorter. */
  readonly rows: readonly (readonly string[])[];
  /** What does not count, and why. */
  readonly notes: readonly string[];
  /** One sentence; null where no shape has a ratio. */
  readonly mean: string | null;
}

/** Null when no session measured a peer beside ours. */
export function peersTable(sessions: readonly Pick<Session, 'rows'>[]): PeersTable | null {
  const comparisons = comparePeers(sessions);
  if (comparisons.length === 0) return null;
  const mean = geometricMeanOverBest(comparisons);
  const uncompared = comparisons.filter(({ ratios }) => ratios.length === 0).length;
  return {
    title: 'peers: their time over ours, paired round by round (above 1: ours is faster)',
    head: HEAD,
    rows: comparisons.map(cellsOf),
    notes: [
      ...comparisons.flatMap(excludedLines),
      ...(uncompared > 0
        ? [`${uncompared} of ${comparisons.length} shapes have no ratio and are not in the mean`]
        : []),
    ],
    mean: mean === null ? null : `geometric mean over the best peer: ${mean.toFixed(2)}`,
  };
}

/** Empty when there is no table. */
export function formatPeersText({ sessions }: { readonly sessions: readonly Pick<Session, 'rows'>[] }): string {
  const table = peersTable(sessions);
  if (table === null) return '';
  const lines: TableRow[] = [{ cells: table.head, style: 'dim' }, ...table.rows.map((cells) => ({ cells }))];
  const indented = [...formatTable(lines, []), ...table.notes].map((line) => `  ${line}`);
  return [table.title, ...indented, ...(table.mean === null ? [] : [table.mean])].join('\n');
}

function cellsOf({ shape, ratios, references }: PeerComparison): string[] {
  const [name, params] = operationOf(shape);
  const [best, ...others] = ratios;
  if (!best) return [name, params, 'none'];
  const rest = [...others, ...references].map(({ peer, ratio }) => `${peer} ${ratio.toFixed(2)}×`);
  return [name, params, best.peer, ratioText(best), String(best.rounds), rest.join(', ')];
}

function operationOf(shape: string): [string, string] {
  const { family, params } = labelCase(`peer/${shape}`);
  return [family, params];
}

/** `2.01× [1.97, 2.08]` */
function ratioText({ ratio, interval }: PeerRatio): string {
  return `${ratio.toFixed(2)}×${interval ? ` [${interval.lo.toFixed(2)}, ${interval.hi.toFixed(2)}]` : ''}`;
}

function excludedLines({ shape, excluded }: PeerComparison): string[] {
  return excluded.map(({ peer, reason }) => {
    return `not counted: ${peer} at ${operationOf(shape).join(' ')}: ${reason.split('\n', 1)[0]}`;
  });
}
