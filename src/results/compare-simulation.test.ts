// The comparison against simulated sessions whose truth is known, with fixed seeds: how often it claims a change that is not
// there, finds one that is, covers the true ratio, and how well it plans. The bounds are the project's promises.
import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../core/rng.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import { sessionsNeeded } from '../stats/session-plan.ts';
import { type ComparedRow, compareFiles } from './compare.ts';
import { noisyFile, noisySamples, TWO_LEVEL } from './testdata/two-level-noise.ts';

const RUNS = 2000;
const CENTER = 1e6;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** One comparison of K sessions a side whose true ratio is given. */
function compareOnce(rng: Rng, sessions: number, ratio: number): ComparedRow {
  const side = (center: number, id: string) =>
    noisyFile(
      range(sessions).map(() => [noisySamples(rng, center)]),
      id,
    );
  return compareFiles(side(CENTER, 'base'), side(CENTER * ratio, 'next')).rows[0]!;
}

function simulate(seed: number, sessions: number, ratio: number): ComparedRow[] {
  const rng = createRng(seed, sessions);
  return range(RUNS).map(() => compareOnce(rng, sessions, ratio));
}

const share = (rows: readonly ComparedRow[], holds: (row: ComparedRow) => boolean) =>
  rows.filter(holds).length / rows.length;
const excludesOne = ({ estimate }: ComparedRow) => estimate!.interval.lo > 1 || estimate!.interval.hi < 1;
const covers =
  (ratio: number) =>
  ({ estimate }: ComparedRow) =>
    estimate!.interval.lo <= ratio && ratio <= estimate!.interval.hi;
const isVerdict =
  (...verdicts: string[]) =>
  ({ verdict }: ComparedRow) =>
    verdicts.includes(verdict);
/** 5 % plus three binomial standard deviations of this many runs. */
const FALSE_LIMIT = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / RUNS);

describe('independent sessions', () => {
  it.each([3, 5, 10])(
    'without a change, %d a side: few false changes, fewer false verdicts, covering intervals',
    (sessions) => {
      const rows = simulate(11, sessions, 1);
      expect(share(rows, excludesOne)).toBeLessThanOrEqual(FALSE_LIMIT);
      expect(share(rows, covers(1))).toBeGreaterThanOrEqual(0.93);
      expect(share(rows, isVerdict('faster', 'slower'))).toBeLessThanOrEqual(0.01);
      // Not by never saying anything: three sessions leave most open, ten say `same` often.
      if (sessions === 10) expect(share(rows, isVerdict('same'))).toBeGreaterThan(0.5);
    },
    60_000,
  );

  it('a change of 5 % is detected from five sessions a side, and covered', () => {
    const rows = simulate(12, 5, 1.05);
    expect(share(rows, excludesOne)).toBeGreaterThanOrEqual(0.8);
    expect(share(rows, covers(1.05))).toBeGreaterThanOrEqual(0.93);
    expect(share(rows, isVerdict('faster'))).toBe(0);
  }, 60_000);

  it('a change of 10 % is called by its name from five sessions a side', () => {
    expect(share(simulate(13, 5, 1.1), isVerdict('slower'))).toBeGreaterThanOrEqual(0.9);
    expect(share(simulate(13, 5, 1 / 1.1), isVerdict('faster'))).toBeGreaterThanOrEqual(0.9);
  }, 60_000);
});

describe('one session a side', () => {
  it('is called a change only beyond what sessions differ by', () => {
    const none = simulate(14, 1, 1);
    expect(none[0]!.estimate!.method).toBe('noise');
    expect(share(none, isVerdict('faster', 'slower'))).toBeLessThanOrEqual(0.01);
    expect(share(simulate(14, 1, 1.3), isVerdict('slower'))).toBeGreaterThanOrEqual(0.9);
  }, 60_000);
});

describe('blocks under drift', () => {
  /** Twelve sessions a side in ABBA order while the machine drifts over the campaign; no true change. */
  function campaign(rng: Rng, drift: (progress: number) => number, pairs: number): ComparedRow {
    const slots = range(pairs).flatMap((pair) =>
      (pair % 2 === 0 ? ['base', 'next'] : ['next', 'base']).map((side) => ({ side, pair })),
    );
    const timed = slots.map((slot, i) => ({
      ...slot,
      samples: noisySamples(rng, CENTER * drift(i / (slots.length - 1))),
    }));
    const side = (name: string) => {
      const own = timed.filter((slot) => slot.side === name);
      return noisyFile(
        own.map(({ samples }) => [samples]),
        name,
        own.map(({ pair }) => ({ blockId: `block-${pair}` })),
      );
    };
    return compareFiles(side('base'), side('next')).rows[0]!;
  }

  it.each([
    ['clocks sag by 4 % in a line', (progress: number) => 1 + 0.04 * progress],
    ['the machine warms up by 5 %', (progress: number) => 1 + 0.05 * Math.exp(-5 * progress)],
  ])(
    '%s: false changes stay below 6 %%',
    (_, drift) => {
      for (const pairs of [6, 12]) {
        const rng = createRng(15, pairs);
        const rows = range(RUNS).map(() => campaign(rng, drift, pairs));
        expect(rows[0]!.estimate!.method).toBe('paired');
        expect(share(rows, excludesOne)).toBeLessThanOrEqual(0.06);
      }
    },
    60_000,
  );
});

describe('planning', () => {
  it('about K more sessions is within a factor of two of what it takes', () => {
    // What it takes, by simulation rather than by formula: the fewest sessions that see the threshold 4 times out of 5.
    const detection = (sessions: number) => share(simulate(16, sessions, 1.03), excludesOne);
    const truth = range(20)
      .map((i) => i + 3)
      .find((sessions) => detection(sessions) >= 0.8)!;
    expect(Math.abs(truth - sessionsNeeded(TWO_LEVEL.between, Math.log(1.03))!)).toBeLessThanOrEqual(2);
    for (const [pilot, least] of [
      [3, 0.6],
      [5, 0.75],
    ] as const) {
      const open = simulate(17, pilot, 1).filter(isVerdict('inconclusive'));
      const plans = open.map((row) => pilot + row.moreSessions!);
      const middle = median(sortSamples(plans));
      expect(middle / truth).toBeGreaterThan(0.5);
      expect(middle / truth).toBeLessThan(2);
      expect(plans.filter((plan) => plan >= truth / 2 && plan <= truth * 2).length / plans.length).toBeGreaterThan(
        least,
      );
    }
  }, 120_000);
});
