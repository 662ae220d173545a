// Predictive intervals on a log scale from standardised residuals of points left out. Knows no model.

export const LEVELS = [0.5, 0.8, 0.95] as const;
export type Level = (typeof LEVELS)[number];

/** Quantiles of |residual / sd| at the levels. */
export type Multipliers = Readonly<Record<Level, number>>;

export interface Interval {
  readonly p50: number;
  readonly i50: readonly [number, number];
  readonly i80: readonly [number, number];
  readonly i95: readonly [number, number];
}

/** Of a normal distribution. */
export const NORMAL: Multipliers = { 0.5: 0.6745, 0.8: 1.2816, 0.95: 1.96 };

/**
 * Median ×/÷ exp of the half-width: what data say of noise (multiplier × noise) and what nothing seen yet says (normal quantile
 * × open), independent of each other.
 */
export function logInterval(median: number, noise: number, open: number, multipliers: Multipliers): Interval {
  const at = (level: Level): readonly [number, number] => {
    const factor = Math.exp(Math.hypot(multipliers[level] * noise, NORMAL[level] * open));
    return [median / factor, median * factor];
  };
  return { p50: median, i50: at(0.5), i80: at(0.8), i95: at(0.95) };
}

/** The interval of 1/x. */
export function invert({ p50, i50, i80, i95 }: Interval, scale = 1): Interval {
  const flip = ([lo, hi]: readonly [number, number]): readonly [number, number] => [scale / hi, scale / lo];
  return { p50: scale / p50, i50: flip(i50), i80: flip(i80), i95: flip(i95) };
}

export interface Standardised {
  readonly group: string;
  readonly family: string;
  /** (left-out residual − its mean) / its sd. */
  readonly z: number;
}

/** Own residuals a group must have before it outweighs its family. */
const FAMILY_WEIGHT = 6;

/**
 * Multipliers for a group: quantiles of |z| over its own residuals, each weighing 1, and its family's, weighing
 * FAMILY_WEIGHT together, at level × (count + 1) / count for the point to come (split conformal prediction). A level that this
 * leaves unbounded takes the largest residual and at least the normal's; without any residual, the normal's.
 */
export function multipliersFor(all: readonly Standardised[], group: string, family: string): Multipliers {
  const own = all.filter((r) => r.group === group);
  const kin = all.filter((r) => r.family === family && r.group !== group);
  const weighted = [
    ...own.map(({ z }) => ({ size: Math.abs(z), weight: 1 })),
    ...kin.map(({ z }) => ({ size: Math.abs(z), weight: FAMILY_WEIGHT / kin.length })),
  ].sort((a, b) => a.size - b.size);
  const count = own.length + kin.length;
  const total = (weighted.reduce((sum, { weight }) => sum + weight, 0) * (count + 1)) / count;
  const quantile = (level: Level): number => {
    let reached = 0;
    for (const { size, weight } of weighted) {
      reached += weight;
      if (reached >= level * total) return size;
    }
    return Math.max(NORMAL[level], weighted.at(-1)?.size ?? 0);
  };
  const [a, b, c] = LEVELS.map(quantile) as [number, number, number];
  return { 0.5: a, 0.8: Math.max(b, 1.3 * a), 0.95: Math.max(c, 1.3 * b, NORMAL[0.95]) };
}
