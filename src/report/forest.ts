// A forest plot as numbers: one log axis of ratios for all rows, and where on it each row's ratio, interval and threshold
// stand. Shares of the axis, 0 at its left end; knows no pixels and no drawing.
import type { ComparedRow } from '../results/compare.ts';

export interface ForestAxis {
  /** Ratios at the two ends; their product is 1. */
  readonly lo: number;
  readonly hi: number;
  readonly ticks: readonly number[];
}

export interface ForestMark {
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
  /** The interval goes on beyond that end of the axis. */
  readonly beyondLo: boolean;
  readonly beyondHi: boolean;
  /** The changes that are too small to matter. */
  readonly band: { readonly lo: number; readonly hi: number };
}

/** The axis shows at least ± 5 %, so that noise does not fill it, and at most a factor of 8: one wild row must not flatten the rest. */
const NARROWEST = 1.05;
const WIDEST = 8;
/** A threshold takes at most this share of a half axis: what matters is beyond it. */
const BAND_SHARE = 0.5;

export function forestAxis(rows: readonly ComparedRow[]): ForestAxis {
  const reach = rows.flatMap(({ estimate, threshold }) =>
    estimate
      ? [...Object.values(estimate.interval).map((end) => Math.abs(Math.log(end))), Math.log1p(threshold) / BAND_SHARE]
      : [],
  );
  const half = Math.min(Math.log(WIDEST), Math.max(Math.log(NARROWEST), ...reach));
  const ends = { lo: Math.exp(-half), hi: Math.exp(half) };
  return { ...ends, ticks: ticksFor(ends) };
}

/** Ratios as people write them. Narrow axes show the ones near 1, wide ones the rest. */
const TICKS = [0.125, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
  .concat(1)
  .concat([1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 2, 2.5, 3, 4, 5, 8]);
/** A tick's text needs this share of the axis. */
const TICK_ROOM = 0.17;

/** 1 first, then from the ends inwards as long as the texts do not meet. */
function ticksFor(ends: Pick<ForestAxis, 'lo' | 'hi'>): number[] {
  const inside = TICKS.filter((tick) => tick >= ends.lo && tick <= ends.hi);
  const outermost = [...inside].sort((a, b) => Math.abs(Math.log(b)) - Math.abs(Math.log(a)));
  const chosen = [1];
  for (const tick of outermost) {
    if (chosen.every((other) => Math.abs(shareOf(tick, ends) - shareOf(other, ends)) >= TICK_ROOM)) chosen.push(tick);
  }
  return chosen.sort((a, b) => a - b);
}

/** Where a ratio stands on the axis, 0 to 1; beyond an end it stands at that end. */
export function shareOf(ratio: number, { lo, hi }: Pick<ForestAxis, 'lo' | 'hi'>): number {
  const share = Math.log(ratio / lo) / Math.log(hi / lo);
  return Math.min(1, Math.max(0, share));
}

/** Null for a row without a ratio. */
export function forestMark({ estimate, threshold }: ComparedRow, axis: ForestAxis): ForestMark | null {
  if (!estimate) return null;
  const { lo, hi } = estimate.interval;
  return {
    at: shareOf(estimate.ratio, axis),
    lo: shareOf(lo, axis),
    hi: shareOf(hi, axis),
    // Computed ends may miss the axis by a rounding error.
    beyondLo: lo < axis.lo * (1 - 1e-9),
    beyondHi: hi > axis.hi * (1 + 1e-9),
    band: { lo: shareOf(1 / (1 + threshold), axis), hi: shareOf(1 + threshold, axis) },
  };
}
