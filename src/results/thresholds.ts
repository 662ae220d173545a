// How large a change must be to matter, per metric: the practical thresholds that verdicts are held against.
import { UserError } from '../core/errors.ts';
import type { Metric } from './schema.ts';

export const THRESHOLD_PRESETS = { strict: 0.5, default: 1, permissive: 2 } as const;
export type ThresholdPreset = keyof typeof THRESHOLD_PRESETS;

export interface Thresholds {
  readonly preset: ThresholdPreset;
  /** Shares by metric as shown (`time`, `gap p90`); these stand as given, whatever the preset. */
  readonly own: Readonly<Record<string, number>>;
}

export const DEFAULT_THRESHOLDS: Thresholds = { preset: 'default', own: {} };

/** What of a session's samples stands for it. */
export type Statistic = 'median' | 'p90' | 'p99';

/**
 * Shares under the default preset. Wider than the 0.5 to 1 % of tools that lock clocks or time a CPU: a browser can do
 * neither, and repeated sessions on unlocked GPUs differ by more than that.
 */
const BY_METRIC: Readonly<Record<string, number>> = {
  ttft: 0.05,
  'prefill-rate': 0.05,
  tpot: 0.03,
  'decode-rate': 0.03,
  gap: 0.03,
  latency: 0.03,
  load: 0.1,
  compile: 0.1,
};
const BY_STATISTIC: Readonly<Partial<Record<Statistic, number>>> = { p90: 0.05, p99: 0.1 };
/** A metric without an entry: one timed by GPU timestamps, and one timed by the wall clock. */
const TIMESTAMPED = 0.02;
const WALL = 0.03;

/** The metric as rows and options name it: `time`, `gap p90`. */
export function metricLabel(name: string, statistic: Statistic): string {
  return statistic === 'median' ? name : `${name} ${statistic}`;
}

/** The share of change that matters for one row. */
export function thresholdFor(
  { preset, own }: Thresholds,
  { name, estimator }: Pick<Metric, 'name' | 'estimator'>,
  statistic: Statistic,
): number {
  const given = own[metricLabel(name, statistic)];
  if (given !== undefined) return given;
  const usual = BY_STATISTIC[statistic] ?? BY_METRIC[name] ?? (estimator === 'timestamp' ? TIMESTAMPED : WALL);
  return usual * THRESHOLD_PRESETS[preset];
}

/** `time=2` or `gap p90=5%` → name and share. Throws a UserError. */
export function parseThreshold(text: string): readonly [string, number] {
  const [, name, percent] = /^\s*([^=]+?)\s*=\s*([\d.]+)\s*%?\s*$/.exec(text) ?? [];
  const share = Number(percent) / 100;
  if (!name || !(share > 0 && share < 10)) {
    throw new UserError(`--threshold '${text}': must be metric=percent with a percentage above 0, e.g. time=2`);
  }
  return [name, share];
}
