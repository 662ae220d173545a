// The ratio of two sides from one value per session: estimate, intervals and p-value on the log scale. Knows no verdict.
import {
  differenceInterval,
  differencePValue,
  type MeanDifference,
  mean,
  pairedDifference,
  variance,
  welchDifference,
} from '../stats/mean-difference.ts';
import { rankTestPValue } from '../stats/rank-test.ts';
import type { SessionValue } from './session-values.ts';

/** Spread between sessions of one device, as the standard deviation of log values. */
export interface SessionNoise {
  readonly sigma: number;
  /** Of the calibration; Infinity for an assumption, which counts as known. */
  readonly degrees: number;
  readonly source: 'calibrated' | 'assumed';
}

/**
 * - `identical`: both sides hold the very same sessions
 * - `paired`: differences inside blocks of sessions measured next to each other
 * - `welch`: independent sessions
 * - `noise`: too few sessions to see their spread, which is taken from a calibration or assumed
 */
export type Method = 'identical' | 'paired' | 'welch' | 'noise';

export interface RatioEstimate {
  readonly method: Method;
  /** Log of new over base, with its standard error and degrees of freedom. */
  readonly difference: MeanDifference;
  readonly ratio: number;
  /** 95 % interval of the ratio. */
  readonly interval: { readonly lo: number; readonly hi: number };
  /** 90 % interval of the log ratio: inside the threshold on both sides means equivalent at 0.05 (two one-sided tests). */
  readonly logInterval90: { readonly lo: number; readonly hi: number };
  readonly p: number;
  /** Exact rank test on the same values, from four sessions a side; null for other methods. */
  readonly rankP: number | null;
  /** What planning goes by: the sd of one session (two sides) or of one pair's difference. */
  readonly sd: number;
  readonly noise: SessionNoise | null;
}

/** Fewer sessions a side, or pairs, and the spread between sessions is not seen well enough to go by. */
export const SESSIONS_NEEDED = 3;
/** Fewer a side and a rank test cannot reach 0.05. */
const RANK_TEST_NEEDS = 4;

/** Values must be positive. Each side needs at least one. `noise` is asked only where sessions are too few. */
export function estimateRatio(
  base: readonly SessionValue[],
  next: readonly SessionValue[],
  noise: { readonly base: SessionNoise; readonly next: SessionNoise },
): RatioEstimate {
  const [a, b] = [base, next].map((side) => side.map(({ value }) => Math.log(value))) as [number[], number[]];
  if (areIdentical(base, next)) return finish('identical', { difference: 0, standardError: 0, degrees: a.length }, 0);
  const pairs = pairsOf(base, next);
  if (pairs.length >= SESSIONS_NEEDED) return finish('paired', pairedDifference(pairs), Math.sqrt(variance(pairs)));
  if (Math.min(a.length, b.length) < SESSIONS_NEEDED) return fromNoise(a, b, noise);
  const rankP = Math.min(a.length, b.length) >= RANK_TEST_NEEDS ? rankTestPValue(a, b) : null;
  return finish('welch', welchDifference(a, b), Math.sqrt((variance(a) + variance(b)) / 2), rankP);
}

function finish(
  method: Method,
  difference: MeanDifference,
  sd: number,
  rankP: number | null = null,
  noise: SessionNoise | null = null,
): RatioEstimate {
  const log95 = differenceInterval(difference, 0.95);
  return {
    method,
    difference,
    ratio: Math.exp(difference.difference),
    interval: { lo: Math.exp(log95.lo), hi: Math.exp(log95.hi) },
    logInterval90: differenceInterval(difference, 0.9),
    p: differencePValue(difference),
    rankP,
    sd,
    noise,
  };
}

/** A file against itself or a copy: one measurement, not two that happen to agree. */
function areIdentical(base: readonly SessionValue[], next: readonly SessionValue[]): boolean {
  const seen = new Map(base.map(({ sessionId, value }) => [sessionId, value]));
  return (
    base.length === next.length &&
    seen.size === base.length &&
    next.every((item) => seen.get(item.sessionId) === item.value)
  );
}

/** Log differences of the blocks that hold one session of each side. */
function pairsOf(base: readonly SessionValue[], next: readonly SessionValue[]): number[] {
  const byBlock = new Map(base.flatMap((item) => (item.blockId === null ? [] : [[item.blockId, item.value] as const])));
  return next.flatMap(({ blockId, value }) => {
    const other = blockId === null ? undefined : byBlock.get(blockId);
    return other === undefined ? [] : [Math.log(value / other)];
  });
}

/** With the device's known spread, or the spread of the few sessions there are where that is larger. */
function fromNoise(
  a: readonly number[],
  b: readonly number[],
  noise: { readonly base: SessionNoise; readonly next: SessionNoise },
): RatioEstimate {
  const [sigmaA, sigmaB] = [
    Math.max(noise.base.sigma, Math.sqrt(variance(a))),
    Math.max(noise.next.sigma, Math.sqrt(variance(b))),
  ];
  const difference = {
    difference: mean(b) - mean(a),
    standardError: Math.sqrt(sigmaA ** 2 / a.length + sigmaB ** 2 / b.length),
    degrees: Math.min(noise.base.degrees, noise.next.degrees),
  };
  const weaker = noise.base.source === 'assumed' ? noise.base : noise.next;
  return finish('noise', difference, Math.sqrt((sigmaA ** 2 + sigmaB ** 2) / 2), null, {
    ...weaker,
    sigma: Math.max(sigmaA, sigmaB),
  });
}
