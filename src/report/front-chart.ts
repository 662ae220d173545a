// The Pareto front as data: tokens/s per megawatt over tokens/s/user, of GPUs alone and of the best way of pairing. Knows no
// drawing library.
import { bestPaired } from '../fleet/pairing/front.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import { plain } from './plain.ts';
import { formatQuantity } from './units.ts';

export interface FrontPoint {
  readonly series: 'without LPX' | 'with LPX';
  readonly tokensPerUser: number;
  /** tokens/s per MW of site power, medians. */
  readonly tokensPerMegawatt: number;
}

export interface FrontChart {
  readonly kind: 'front';
  readonly title: string;
  readonly summary: string;
  readonly points: readonly FrontPoint[];
  /** tokens/s/user asked for. */
  readonly at: number;
}

export function frontChart({ front, settings }: PairingReport): FrontChart {
  const points = front.flatMap((row): FrontPoint[] => {
    const paired = bestPaired(row);
    const { tokensPerUser } = row;
    return [
      ...(row.alone === null ? [] : [{ series: 'without LPX', tokensPerUser, tokensPerMegawatt: row.alone } as const]),
      ...(paired === null ? [] : [{ series: 'with LPX', tokensPerUser, tokensPerMegawatt: paired } as const]),
    ];
  });
  const crossing = front.find((row) => (bestPaired(row) ?? 0) > (row.alone ?? 0));
  const alone = front.findLast(({ alone: value }) => value !== null);
  const fastest = alone
    ? `GPUs alone reach ${plain(alone.tokensPerUser)} tokens/s/user with ${formatQuantity(alone.alone!, 'tokens/s')} per MW`
    : 'GPUs alone are at none of these speeds';
  return {
    kind: 'front',
    title: 'The front: throughput per megawatt against speed for each user',
    summary: crossing
      ? `LPX gives more per megawatt from about ${plain(crossing.tokensPerUser)} tokens/s/user on; ${fastest}.`
      : `LPX gives less per megawatt at every speed shown; ${fastest}.`,
    points,
    at: settings.tokensPerUser,
  };
}
