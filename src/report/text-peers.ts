// The peers of a run as lines: at each shape the fastest library's time over ours with the interval of the paired ratio,
// then the others; last the geometric mean. Knows no library.
import { comparePeers, geometricMeanOverBest, type PeerComparison, type PeerRatio } from '../results/peer-ratios.ts';
import type { ResultFile } from '../results/schema.ts';
import { labelCase } from './case-label.ts';
import { formatTable, type TableRow } from './text-table.ts';

const TITLE = 'peers: their time over ours, paired round by round (above 1: ours is faster)';

/** Empty when no session measured a peer beside ours. */
export function formatPeersText(file: ResultFile): string {
  const comparisons = comparePeers(file.sessions);
  const mean = geometricMeanOverBest(comparisons);
  if (comparisons.length === 0) return '';
  const uncompared = comparisons.filter(({ ratios }) => ratios.length === 0).length;
  const rows = comparisons.map(rowOf);
  return [
    TITLE,
    ...formatTable([{ cells: HEAD, style: 'dim' }, ...rows], []).map((line) => `  ${line}`),
    ...comparisons.flatMap(excludedLines),
    ...(uncompared > 0
      ? [`  ${uncompared} of ${comparisons.length} shapes have no ratio and are not in the mean`]
      : []),
    ...(mean === null ? [] : [`geometric mean over the best peer: ${mean.toFixed(2)}`]),
  ].join('\n');
}

const HEAD = ['operation', 'parameters', 'best peer', 'ratio [95 %]', 'rounds', 'others'];

function rowOf({ shape, ratios, references }: PeerComparison): TableRow {
  const [name, params] = operationOf(shape);
  const [best, ...others] = ratios;
  if (!best) return { cells: [name, params, 'none'] };
  const rest = [...others, ...references].map(({ peer, ratio }) => `${peer} ${ratio.toFixed(2)}×`);
  return { cells: [name, params, best.peer, ratioText(best), String(best.rounds), rest.join(', ')] };
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
    return `  not counted: ${peer} at ${operationOf(shape).join(' ')}: ${reason.split('\n', 1)[0]}`;
  });
}
