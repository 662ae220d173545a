// Ratios between libraries measured in one interleaved campaign: paired round by round, so that drift cancels.
import { type Interval, median, medianInterval, sortSamples } from '../stats/order-statistics.ts';
import type { Row, Session } from './schema.ts';
import { findMetric } from './summary.ts';

export interface PeerRatio {
  /** `matmul:m=512;n=512;k=512;type=f32` */
  readonly shape: string;
  readonly peer: string;
  /** The peer's time over ours, median over rounds: above 1, ours is faster. */
  readonly ratio: number;
  /** 95 % order-statistic interval over rounds; null below six. */
  readonly interval: Interval | null;
  readonly rounds: number;
}

/** `peer/<library>/<shape>` */
const PEER_ID = /^peer\/([^/]+)\/(.+)$/;
const OURS = 'fleetmark';

/** One entry per peer row that was measured beside ours at the same shape. */
export function peerRatios(session: Pick<Session, 'rows'>): PeerRatio[] {
  const timed = session.rows.flatMap((row) => {
    const [, peer, shape] = PEER_ID.exec(row.id) ?? [];
    return peer && shape && row.state === 'ok' ? [{ peer, shape, samples: timesOf(row) }] : [];
  });
  return timed.flatMap(({ peer, shape, samples }) => {
    const ours = timed.find((item) => item.peer === OURS && item.shape === shape);
    if (peer === OURS || !ours) return [];
    const rounds = Math.min(samples.length, ours.samples.length);
    if (rounds === 0) return [];
    const ratios = sortSamples(samples.slice(0, rounds).map((time, round) => time / ours.samples[round]!));
    return [{ shape, peer, ratio: median(ratios), interval: medianInterval(ratios), rounds }];
  });
}

function timesOf(row: Row): readonly number[] {
  return findMetric(row, 'time')?.samples ?? [];
}
