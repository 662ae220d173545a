// A rollout's charts as data: the fan of both fleets by quarter, and what the spread comes from. Knows no drawing library.
import type { Decomposition } from '../fleet/rollout/decompose.ts';
import type { RolloutReport, Spread } from '../fleet/rollout/report.ts';
import { withSpread } from './fleet-rollout-text.ts';
import { formatQuantity, formatShare } from './units.ts';

export interface FanPoint {
  readonly quarter: string;
  readonly series: 'without LPX' | 'with LPX';
  /** tokens/s: median, half of all scenarios, 80 % of them. */
  readonly p50: number;
  readonly p25: number;
  readonly p75: number;
  readonly p10: number;
  readonly p90: number;
}

export interface FanChart {
  readonly kind: 'fan';
  readonly title: string;
  readonly summary: string;
  readonly quarters: readonly string[];
  readonly points: readonly FanPoint[];
}

export interface TornadoBar {
  readonly label: string;
  readonly text: string;
  readonly low: number;
  readonly high: number;
}

export interface TornadoChart {
  readonly kind: 'tornado';
  readonly title: string;
  readonly summary: string;
  readonly unit: 'tokens/s' | '1';
  readonly middle: number;
  /** Largest share first. */
  readonly bars: readonly TornadoBar[];
}

const BARS = 8;

export function fanChart({ fan, headline, scenario }: RolloutReport): FanChart {
  const point = (quarter: string, series: FanPoint['series'], { p10, p25, p50, p75, p90 }: Spread): FanPoint => ({
    quarter,
    series,
    p10,
    p25,
    p50,
    p75,
    p90,
  });
  return {
    kind: 'fan',
    title: 'Capacity by quarter, in the same site power',
    summary:
      `End of ${headline.quarter}: without LPX ${withSpread(headline.unpaired, 'tokens/s')}, with LPX beside ${formatShare(scenario.share)} of ` +
      `Rubins ${withSpread(headline.paired, 'tokens/s')}. Dark bands hold half of all scenarios, light ones 80 %.`,
    quarters: fan.map(({ quarter }) => quarter),
    points: fan.flatMap(({ quarter, unpaired, paired }) => [
      point(quarter, 'without LPX', unpaired),
      point(quarter, 'with LPX', paired),
    ]),
  };
}

export function tornadoChart({ outcome, parts, middle }: Decomposition): TornadoChart {
  const unit = outcome === 'ratio' ? '1' : 'tokens/s';
  const bars = parts.slice(0, BARS).map(({ what, share, low, high }) => ({
    label: what,
    text: `${formatShare(share)}: ${formatQuantity(low, unit)} to ${formatQuantity(high, unit)}`,
    low,
    high,
  }));
  const first = bars[0]!;
  return {
    kind: 'tornado',
    title: outcome === 'ratio' ? 'What the gain of pairing hangs on' : 'What the spread comes from',
    summary: `From each cause at its lowest tenth to its highest, and its share of the spread: ${first.label} leads with ${first.text}.`,
    unit,
    middle,
    bars,
  };
}
