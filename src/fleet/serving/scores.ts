// How good predictions with intervals were on measured points: errors, coverage, widths and interval scores. Knows a calibration,
// not which points it saw.
import { binomialRange } from '../../stats/binomial.ts';
import { median, sortSamples } from '../../stats/order-statistics.ts';
import { type Calibration, outcomeOf } from './calibrate.ts';
import { LEVELS, type Level } from './intervals.ts';
import type { Point } from './points.ts';
import { intervalOf } from './predict.ts';
import { type Domain, questionsOf } from './question.ts';

export interface Scores {
  readonly points: number;
  /** |predicted / measured − 1|: median and mean. */
  readonly medianError: number;
  readonly meanError: number;
  /** Median of log(measured / predicted). */
  readonly bias: number;
  /** Share of measurements inside the interval of each level. */
  readonly coverage: Readonly<Record<Level, number>>;
  /** Shares inside the 80 % interval that 19 in 20 sets of as many independent points show where it holds exactly 80 %. */
  readonly chance80: readonly [least: number, most: number];
  /** Median of √(hi/lo) of the 80 % interval: ×/÷ this. */
  readonly width80: number;
  /** Mean log interval score at 80 %: width plus 10 times what lies outside; smaller is better. */
  readonly score80: number;
}

export interface Judged {
  readonly logError: number;
  readonly inside: Readonly<Record<Level, boolean>>;
  readonly halfWidth: number;
}

export function judgeDomain(point: Point, domain: Domain, calibration: Calibration): Judged {
  const asked = questionsOf(point, calibration.parameters);
  const question = 'reason' in asked ? undefined : asked.find((entry) => entry.domain === domain);
  const outcome = question && outcomeOf(point, question);
  if (!question || !outcome) throw new RangeError(`${point.id} holds no ${domain}`);
  const { p50, i50, i80, i95 } = intervalOf(question, calibration);
  const holds = ([lo, hi]: readonly [number, number]): boolean => outcome >= lo && outcome <= hi;
  return {
    logError: Math.log(outcome / p50),
    inside: { 0.5: holds(i50), 0.8: holds(i80), 0.95: holds(i95) },
    halfWidth: Math.log(i80[1] / i80[0]) / 2,
  };
}

/** Log interval score at 80 %: 2 w + (2 / 0.2) × the distance outside. */
export function score80(distance: number, halfWidth: number): number {
  return 2 * halfWidth + 10 * Math.max(0, distance - halfWidth);
}

export function scoresOf(judged: readonly Judged[]): Scores {
  const errors = judged.map(({ logError }) => Math.abs(Math.exp(-logError) - 1));
  const share = (level: Level): number => judged.filter(({ inside }) => inside[level]).length / judged.length;
  const [least, most] = binomialRange(judged.length, 0.8);
  return {
    points: judged.length,
    medianError: median(sortSamples(errors)),
    meanError: mean(errors),
    bias: median(sortSamples(judged.map(({ logError }) => logError))),
    coverage: Object.fromEntries(LEVELS.map((level) => [level, share(level)])) as Record<Level, number>,
    chance80: [least / judged.length, most / judged.length],
    width80: Math.exp(median(sortSamples(judged.map(({ halfWidth }) => halfWidth)))),
    score80: mean(judged.map(({ logError, halfWidth }) => score80(Math.abs(logError), halfWidth))),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
