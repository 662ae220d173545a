// The peers of a run as lines: how long each library takes beside ours, with the interval of the paired ratio.
import { type PeerRatio, peerRatios } from '../results/peer-ratios.ts';
import type { ResultFile } from '../results/schema.ts';
import { formatTable, type TableRow } from './text-table.ts';

/** Empty when no session measured a peer beside ours. */
export function formatPeersText(file: ResultFile): string {
  const ratios = file.sessions.flatMap(peerRatios);
  if (ratios.length === 0) return '';
  const rows = ratios.map((item): TableRow => ({ cells: [item.shape, item.peer, ratioText(item)] }));
  const title = 'peers: their time over ours, paired round by round (above 1: ours is faster)';
  return [title, ...formatTable(rows, []).map((line) => `  ${line}`)].join('\n');
}

/** `2.01× [1.97, 2.08] over 18 rounds` */
function ratioText({ ratio, interval, rounds }: PeerRatio): string {
  const range = interval ? ` [${interval.lo.toFixed(2)}, ${interval.hi.toFixed(2)}]` : '';
  return `${ratio.toFixed(2)}×${range} over ${rounds} rounds`;
}
