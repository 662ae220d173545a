// One row's verdict from its estimate and threshold, and how many sessions it still takes. Pure; knows no file.
import { sessionsNeeded } from '../stats/session-plan.ts';
import { type RatioEstimate, SESSIONS_NEEDED } from './estimate-ratio.ts';
import type { Metric } from './schema.ts';

/**
 * - `faster`, `slower`: the 95 % interval lies wholly beyond the threshold, and the row stands among all rows looked at
 * - `small`: the 95 % interval excludes 1, but the change is not shown to exceed the threshold; never gates
 * - `same`: no change is seen, and the 90 % interval lies wholly inside the threshold (equivalent, two one-sided tests)
 * - `inconclusive`: none of these
 * - `not-comparable`: no verdict would mean anything
 */
export type Verdict = 'faster' | 'slower' | 'same' | 'small' | 'inconclusive' | 'not-comparable';

/** Rate of false discoveries among the rows called changed, and the level of a single claim. */
export const LEVEL = 0.05;

/** A doubt that stands beside a verdict, and takes the place of one where sessions are few. */
export const NOT_STEADY = 'not steady inside its sessions: over 5 % from first to last third';

export interface Evidence {
  readonly estimate: RatioEstimate;
  readonly better: Metric['better'];
  readonly threshold: number;
  readonly q: number;
  /** Of the side that has fewer. */
  readonly sessions: number;
  readonly unsteady: boolean;
  /** Rows the q-value was adjusted for. */
  readonly tested: number;
}

export interface Decision {
  readonly verdict: Verdict;
  readonly why: readonly string[];
  readonly moreSessions: number | null;
}

export function decide(evidence: Evidence): Decision {
  const { estimate, sessions, unsteady } = evidence;
  const why = [...reservations(estimate), ...(unsteady ? [NOT_STEADY] : [])];
  const beyond = beyondThreshold(evidence);
  if (beyond !== null && isWithheld(evidence)) return { verdict: 'inconclusive', why, moreSessions: null };
  if (beyond !== null && evidence.q <= LEVEL) return { verdict: beyond, why, moreSessions: null };
  if (beyond !== null) why.push(`does not stand among ${evidence.tested} rows (q = ${evidence.q.toFixed(3)})`);
  else if (estimate.p <= LEVEL) return { verdict: 'small', why: [...why, extentOf(evidence)], moreSessions: null };
  else if (isInside(evidence)) return { verdict: 'same', why, moreSessions: null };
  return { verdict: 'inconclusive', why, moreSessions: moreSessions(evidence, sessions) };
}

/**
 * Drift inside sessions forbids a verdict only where the spread between sessions is not seen but taken from elsewhere: from
 * three sessions on, whatever a drift does to their medians is part of the interval, and a drift of both sides alike is fair.
 */
export function isWithheld({ estimate, unsteady }: Pick<Evidence, 'estimate' | 'unsteady'>): boolean {
  return unsteady && estimate.method === 'noise';
}

/** Which way the whole 95 % interval lies beyond the threshold; null when it does not. Thresholds are symmetric in logs. */
export function beyondThreshold({
  estimate,
  better,
  threshold,
}: Pick<Evidence, 'estimate' | 'better' | 'threshold'>): 'faster' | 'slower' | null {
  const bound = Math.log1p(threshold);
  const { lo, hi } = estimate.interval;
  const more = Math.log(lo) > bound;
  const less = Math.log(hi) < -bound;
  if (!more && !less) return null;
  return more === (better === 'higher') ? 'faster' : 'slower';
}

function extentOf(evidence: Evidence): string {
  const limit = `${Number((evidence.threshold * 100).toPrecision(2))} %`;
  return isInside(evidence) ? `a change, but within ${limit}` : `a change, not shown to exceed ${limit}`;
}

function isInside({ estimate: { logInterval90 }, threshold }: Evidence): boolean {
  const bound = Math.log1p(threshold);
  return logInterval90.lo > -bound && logInterval90.hi < bound;
}

/** Sessions a side beyond those there are until a change as large as the threshold would be seen four times out of five. */
function moreSessions({ estimate, threshold }: Evidence, sessions: number): number | null {
  const needed = sessionsNeeded(estimate.sd, Math.log1p(threshold), estimate.method === 'paired' ? 1 : 2);
  return needed === null ? null : Math.max(1, Math.max(needed, SESSIONS_NEEDED) - sessions);
}

function reservations({ method, noise }: RatioEstimate): string[] {
  if (method === 'identical') return ['the same sessions on both sides'];
  if (!noise) return [];
  const share = `${(noise.sigma * 100).toFixed(1)} %`;
  return [
    noise.source === 'calibrated'
      ? `few sessions: judged by this device's calibrated session noise of ${share}`
      : `few sessions: judged by an assumed session noise of ${share}`,
  ];
}
