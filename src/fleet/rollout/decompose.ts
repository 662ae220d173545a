// What the spread of an outcome comes from, by factor, from a run's merged tallies: the shared shocks bin by bin, what a GPU serves
// by the constants it was drawn from. Knows no formatting.
import { FACTORS } from '../../core/rollout.ts';
import { latinColumn } from '../draws.ts';
import type { Study } from '../pairing/study.ts';
import { FACTOR_WORDS, SERVING_WORDS } from './factors.ts';
import type { ShardFile } from './shard-file.ts';
import { LOG_BUCKET, type Sketch } from './sketch.ts';
import { BINS, type Outcome } from './tally.ts';

export interface FactorPart {
  /** A factor of the rollout, or the id of a constant of the serving rows. */
  readonly factor: string;
  readonly what: string;
  /** First-order share of the variance of the outcome's logarithm. */
  readonly share: number;
  /** Geometric mean of the outcome where the factor is in its lowest and its highest tenth. */
  readonly low: number;
  readonly high: number;
}

export interface Decomposition {
  readonly outcome: Outcome;
  /** Geometric mean over all scenarios. */
  readonly middle: number;
  /** Largest share first. */
  readonly parts: readonly FactorPart[];
  /** What no single factor explains: sites' own luck, failures, and factors acting together. */
  readonly rest: number;
}

/** Bucket numbers of an outcome: mean, variance and count over all scenarios. */
type Moments = ReturnType<Sketch['logMoments']>;

export function decompose(file: ShardFile, outcome: Outcome, sketch: Sketch, study: Study): Decomposition {
  const moments = sketch.logMoments();
  const tally = (factor: string): readonly number[] => file.tallies[`${outcome}/${factor}`] ?? [];
  const shocks = FACTORS.filter((factor) => factor !== 'serving').map((factor) =>
    shockPart(factor, FACTOR_WORDS[factor].what, tally(factor), moments),
  );
  const parts = [...shocks, ...servingParts(tally('serving'), moments, study)].sort((a, b) => b.share - a.share);
  const explained = parts.reduce((sum, part) => sum + part.share, 0);
  return { outcome, middle: atBucket(moments.mean), parts, rest: Math.max(0, 1 - explained) };
}

const atBucket = (bucket: number): number => Math.exp((bucket - 0.5) * LOG_BUCKET);

/**
 * First-order share Var(E[ln Y | factor]) / Var(ln Y) from BINS equally likely bins of the factor, less what bins of pure chance
 * would show, (BINS − 1)/n of the variance (correlation ratio with Fisher's ε² correction, Kelley 1935).
 */
function shockPart(factor: string, what: string, tally: readonly number[], { n, mean, variance }: Moments): FactorPart {
  const between = Array.from({ length: BINS }, (_, bin) => {
    const times = tally[bin] ?? 0;
    return times === 0 ? 0 : times * ((tally[BINS + bin] ?? 0) / times - mean) ** 2;
  }).reduce((a, b) => a + b, 0);
  const chance = ((BINS - 1) / (n - 1)) * variance;
  const share = variance === 0 ? 0 : Math.max(0, (between / n - chance) / variance);
  const tenth = BINS / 10;
  const meanOf = (from: number): number => {
    const bins = Array.from({ length: tenth }, (_, i) => from + i);
    const times = bins.reduce((sum, bin) => sum + (tally[bin] ?? 0), 0);
    return times === 0 ? mean : bins.reduce((sum, bin) => sum + (tally[BINS + bin] ?? 0), 0) / times;
  };
  return { factor, what, share, low: atBucket(meanOf(0)), high: atBucket(meanOf(BINS - tenth)) };
}

/**
 * Each serving row is one draw of every constant. A constant's share is that of the straight line of the rows' mean outcomes over
 * its z, less the 1/rows that a line through pure chance would explain of what rows explain together.
 */
function servingParts(tally: readonly number[], { n, mean, variance }: Moments, study: Study): FactorPart[] {
  const count = tally.length / 2;
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) => tally[row]! > 0);
  const meanOf = (row: number): number => tally[count + row]! / tally[row]!;
  const between = rows.reduce((sum, row) => sum + tally[row]! * (meanOf(row) - mean) ** 2, 0) / n;
  const columns = columnsOf(study, count);
  return study.drawnIds.map(({ id, what }, i) => {
    const { z, order } = columns[i]!;
    const covariance = rows.reduce((sum, row) => sum + tally[row]! * z[row]! * (meanOf(row) - mean), 0) / n;
    const spread = rows.reduce((sum, row) => sum + tally[row]! * z[row]! ** 2, 0) / n;
    const explained = spread === 0 ? 0 : covariance ** 2 / spread - between / Math.max(1, rows.length);
    const sorted = order.filter((row) => tally[row]! > 0);
    const tenth = Math.max(1, Math.round(sorted.length / 10));
    const tail = (of: readonly number[]): number =>
      of.length === 0 ? atBucket(mean) : atBucket(of.reduce((sum, row) => sum + meanOf(row), 0) / of.length);
    return {
      factor: id,
      what: SERVING_WORDS[id] ?? what,
      share: variance === 0 ? 0 : Math.max(0, explained / variance),
      low: tail(sorted.slice(0, tenth)),
      high: tail(sorted.slice(-tenth)),
    };
  });
}

interface Column {
  readonly z: Float64Array;
  /** Rows from the lowest z to the highest. */
  readonly order: readonly number[];
}

/** Of the studies still in use: every step of a slider asks for the same. */
const known = new WeakMap<Study, readonly Column[]>();

/** The z by which each constant of a study was drawn, row by row. */
function columnsOf(study: Study, count: number): readonly Column[] {
  const had = known.get(study);
  if (had) return had;
  const columns = study.drawnIds.map(({ id }): Column => {
    const z = latinColumn(id, study.settings.seed, count);
    return { z, order: Array.from(z.keys()).sort((a, b) => z[a]! - z[b]!) };
  });
  known.set(study, columns);
  return columns;
}
