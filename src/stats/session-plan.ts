// How many sessions it takes, and how long each should be: planning from the two levels of noise. Numbers in, numbers out.
import { mean, variance } from './mean-difference.ts';
import { tQuantile } from './student-t.ts';

const POWER = 0.8;
const CONFIDENCE = 0.95;
/** Beyond this a plan is not a plan. */
const MOST_SESSIONS = 1000;

/**
 * Sessions a side so that a difference of `effect` (log ratio) is seen at 95 % with power 0.8: the smallest K with
 * K ≥ terms · sd² · (t₀.₉₇₅ + t₀.₈)² / effect², at K's own degrees of freedom. Null beyond 1000.
 * `terms` is 2 for two independent sides (sd of one session), 1 for pairs (sd of a pair's difference).
 */
export function sessionsNeeded(sd: number, effect: number, terms: 1 | 2 = 2): number | null {
  const quantiles = (degrees: number): number => tQuantile(0.5 + CONFIDENCE / 2, degrees) + tQuantile(POWER, degrees);
  const wanted = (degrees: number): number => terms * ((sd * quantiles(degrees)) / effect) ** 2;
  // Known noise needs the fewest: the search starts there.
  const fewest = Math.max(2, Math.ceil(wanted(Number.POSITIVE_INFINITY) - 1e-6));
  for (let sessions = fewest; sessions <= MOST_SESSIONS; sessions++) {
    if (sessions >= wanted(terms * (sessions - 1))) return sessions;
  }
  return null;
}

/** Noise of one quantity at the two levels, as variances of log values. */
export interface VarianceComponents {
  /** T₁²: of a sample around its session. */
  readonly within: number;
  /** T₂²: of a session's true value around the machine's; 0 when the sessions differ no more than samples explain. */
  readonly between: number;
  /** Variance of the sessions' means as seen, which holds a share of `within`. */
  readonly ofSessionMeans: number;
  readonly sessions: number;
}

/** Components from log samples by session (Kalibera & Jones, ISMM 2013, §6, in the corrected form T₂² = S₂² − S₁²/r). */
export function varianceComponents(sessions: readonly (readonly number[])[]): VarianceComponents {
  const usable = sessions.filter((samples) => samples.length > 0);
  if (usable.length < 2) throw new RangeError('variance components need two sessions');
  const spare = usable.reduce((sum, samples) => sum + samples.length - 1, 0);
  const within = spare === 0 ? 0 : usable.reduce((sum, s) => sum + variance(s) * (s.length - 1), 0) / spare;
  const ofSessionMeans = variance(usable.map(mean));
  const share = mean(usable.map((samples) => 1 / samples.length));
  return { within, between: Math.max(0, ofSessionMeans - within * share), ofSessionMeans, sessions: usable.length };
}

/**
 * Samples per session that buy the most precision for the time, when a session costs `sessionCost` beside its samples of
 * `sampleCost` each: √(c₂/c₁ · T₁²/T₂²) (Kalibera & Jones, §6.3). Null when sessions do not differ: then any number will do.
 */
export function bestSamplesPerSession(
  { within, between }: Pick<VarianceComponents, 'within' | 'between'>,
  sampleCost: number,
  sessionCost: number,
): number | null {
  if (between === 0) return null;
  return Math.max(1, Math.round(Math.sqrt((sessionCost / sampleCost) * (within / between))));
}
