// A fleet figure is never bare: value, 80 % interval, unit, on what it rests, and the ids of its sources.
// Knows no model and no formatting.

/** On what a figure rests, from firmest to weakest; a derived figure is as weak as its weakest part. */
const BASES = [
  'counted',
  'given',
  'published',
  'measured',
  'interpolated',
  'predicted',
  'assumption',
  'vendor-claim',
] as const;
export type Basis = (typeof BASES)[number];

export type FigureUnit = 'tokens/s' | 'W' | 'GPUs' | 'racks' | '1';

export interface Figure {
  readonly value: number;
  /** 80 % interval; equal to `value` where nothing uncertain enters. */
  readonly lo: number;
  readonly hi: number;
  readonly unit: FigureUnit;
  readonly basis: Basis;
  /** Ids of entries in the report's source list. */
  readonly sources: readonly string[];
}

export function weakestBasis(bases: readonly Basis[]): Basis {
  return BASES[Math.max(0, ...bases.map((basis) => BASES.indexOf(basis)))]!;
}
