// Ratios between libraries measured in one interleaved campaign: paired round by round, so that drift cancels; the bar at
// a shape is the fastest library that was right there.
import { inReadingOrder } from '../core/case-order.ts';
import { type Interval, median, medianInterval, sortSamples } from '../stats/order-statistics.ts';
import type { Row, Session } from './schema.ts';
import { findMetric } from './summary.ts';

export interface PeerRatio {
  readonly peer: string;
  /** The peer's time over ours: above 1, ours is faster. Median over rounds, or of that over sessions. */
  readonly ratio: number;
  /** One session: 95 % order-statistic interval over rounds, null below six. Several: the lowest and highest session. */
  readonly interval: Omit<Interval, 'confidence'> | null;
  readonly rounds: number;
}

/** What was measured at one shape. */
export interface PeerComparison {
  /** `matmul:m=512;n=512;k=512;type=f32` */
  readonly shape: string;
  /** Fastest library first: the first is the bar. Empty when none could be compared. */
  readonly ratios: readonly PeerRatio[];
  /** Sides whose time does not count, ours among them, and why: wrong, failed, or not able to. */
  readonly excluded: readonly { readonly peer: string; readonly reason: string }[];
  /** Native libraries timed beside the run, not interleaved with it: upper references, never the bar. */
  readonly references: readonly { readonly peer: string; readonly ratio: number }[];
}

/** `peer/<library>/<shape>` */
const PEER_ID = /^peer\/([^/]+)\/(.+)$/;
const OURS = 'fleetmark';

type Rows = Pick<Session, 'rows'>;

/** One entry per shape at which ours was to be timed, in reading order. */
export function comparePeers(sessions: readonly Rows[]): PeerComparison[] {
  const found = sessions.flatMap(({ rows }) => rows.flatMap(readPeer));
  const shapes = [...new Set(found.filter(({ peer }) => peer === OURS).map(({ shape }) => shape))];
  return inReadingOrder(shapes.map((shape) => ({ id: shape }))).map(({ id: shape }) => {
    const all = found.filter((item) => item.shape === shape);
    const here = all.filter(({ peer }) => peer !== OURS);
    const libraries = [...new Set(here.map(({ peer }) => peer))];
    const ratios = libraries.flatMap((peer) =>
      combine(
        peer,
        sessions.flatMap((session) => pairRounds(session, shape, peer)),
      ),
    );
    const wrong = all.filter(({ row }) => row.state !== 'ok');
    return {
      shape,
      ratios: ratios.sort((a, b) => a.ratio - b.ratio),
      excluded: wrong.map(({ peer, row }) => ({ peer, reason: row.reason ?? row.state })),
      references: here.flatMap(({ peer, row }) => unpaired(peer, row, sessions, shape)),
    };
  });
}

/** Over the shapes at which there is a bar; null when there is none. */
export function geometricMeanOverBest(comparisons: readonly PeerComparison[]): number | null {
  const best = comparisons.flatMap(({ ratios }) => ratios.slice(0, 1).map(({ ratio }) => Math.log(ratio)));
  return best.length === 0 ? null : Math.exp(best.reduce((a, b) => a + b) / best.length);
}

interface PeerRow {
  readonly peer: string;
  readonly shape: string;
  readonly row: Row;
}

function readPeer(row: Row): PeerRow[] {
  const [, peer, shape] = PEER_ID.exec(row.id) ?? [];
  return peer && shape ? [{ peer, shape, row }] : [];
}

/** The ratio within one session; nothing when either side was not timed there, or not in the same rounds. */
function pairRounds({ rows }: Rows, shape: string, peer: string): PeerRatio[] {
  const row = (name: string): Row | undefined => rows.find((item) => item.id === `peer/${name}/${shape}`);
  const theirs = row(peer);
  if (theirs?.state !== 'ok' || isReference(theirs)) return [];
  const [times, ours] = [timesOf(theirs), timesOf(row(OURS))];
  const rounds = Math.min(times.length, ours.length);
  if (rounds === 0) return [];
  const ratios = sortSamples(times.slice(0, rounds).map((time, round) => time / ours[round]!));
  return [{ peer, ratio: median(ratios), interval: medianInterval(ratios), rounds }];
}

function combine(peer: string, sessions: readonly PeerRatio[]): PeerRatio[] {
  if (sessions.length < 2) return [...sessions];
  const sorted = sortSamples(sessions.map(({ ratio }) => ratio));
  const rounds = sessions.reduce((sum, session) => sum + session.rounds, 0);
  return [{ peer, ratio: median(sorted), interval: { lo: sorted[0]!, hi: sorted.at(-1)! }, rounds }];
}

function unpaired(peer: string, row: Row, sessions: readonly Rows[], shape: string): { peer: string; ratio: number }[] {
  const ours = sessions.flatMap(({ rows }) => timesOf(rows.find((item) => item.id === `peer/${OURS}/${shape}`)));
  const theirs = timesOf(row);
  if (!isReference(row) || theirs.length === 0 || ours.length === 0) return [];
  return [{ peer, ratio: median(sortSamples(theirs)) / median(sortSamples(ours)) }];
}

/** A native library's row says so. */
function isReference(row: Row): boolean {
  return row.facts.upperReference === true;
}

function timesOf(row: Row | undefined): readonly number[] {
  return row && row.state === 'ok' ? (findMetric(row, 'time')?.samples ?? []) : [];
}
