// Open questions with a dated forecast each, where each will be answered, and the score of a forecast once it is.
// A forecast is never changed after its date: a new view is a new entry. Knows no formatting.
import * as v from 'valibot';
import { UserError, unknownValue } from '../../core/errors.ts';
import { normalCdf } from '../../core/normal.ts';
import watchlistJson from '../data/watchlist.json' with { type: 'json' };
import { Z } from '../draws.ts';

const words = v.pipe(v.string(), v.minLength(10));
const date = v.pipe(v.string(), v.isoDate());
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

const itemSchema = v.pipe(
  v.strictObject({
    id: v.pipe(v.string(), v.minLength(1)),
    question: words,
    asked: date,
    resolves: date,
    unit: v.picklist(['GPUs', '$', '1']),
    forecast: v.variant('kind', [
      /** ln of the outcome is normal on either side of its median, with the 10th and 90th percentile met. */
      v.strictObject({ kind: v.literal('log-normal'), p10: positive, p50: positive, p90: positive }),
      v.strictObject({ kind: v.literal('binary'), probability: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)) }),
    ]),
    how: words,
    resolution: words,
    /** The number it came to, 1 or 0 for yes or no; null while open. */
    outcome: v.nullable(v.pipe(v.number(), v.finite())),
  }),
  v.check(({ asked, resolves }) => asked < resolves, 'resolves after it is asked'),
);

export type WatchItem = v.InferOutput<typeof itemSchema>;
type Forecast = WatchItem['forecast'];
type LogNormal = Extract<Forecast, { kind: 'log-normal' }>;

export const WATCHLIST: readonly WatchItem[] = v.parse(v.array(itemSchema), watchlistJson.items);

/** Lower is better in both. */
export interface Score {
  /** Continuous ranked probability score of ln(outcome), or Brier's (p − outcome)². */
  readonly name: 'CRPS of the logarithm' | 'Brier';
  readonly value: number;
  /** What a forecaster without knowledge gets: a spread of a factor of 10 about the same middle, or p = 1/2. */
  readonly uninformed: number;
  /** −ln of the probability, or density of ln(outcome), that was given to what happened. */
  readonly logScore: number;
}

export interface Watched extends WatchItem {
  readonly score: Score | null;
}

/** Every item, scored where it is resolved; `outcomes` (id → number) resolve items for this answer alone. */
export function watch(outcomes: Readonly<Record<string, number>>): Watched[] {
  for (const id of Object.keys(outcomes)) {
    if (!WATCHLIST.some((item) => item.id === id))
      unknownValue(
        'watchlist item',
        id,
        WATCHLIST.map((item) => item.id),
      );
  }
  return WATCHLIST.map((item) => {
    const outcome = outcomes[item.id] ?? item.outcome;
    return { ...item, outcome, score: outcome === null ? null : scoreOf(item, outcome) };
  });
}

/** A UserError for an outcome that the question cannot have. */
export function scoreOf({ id, forecast }: Pick<WatchItem, 'id' | 'forecast'>, outcome: number): Score {
  if (forecast.kind === 'binary') {
    if (outcome !== 0 && outcome !== 1)
      throw new UserError(`${id} is a yes-or-no question: its outcome is 1 or 0, not ${outcome}`);
    const { probability } = forecast;
    return {
      name: 'Brier',
      value: (probability - outcome) ** 2,
      uninformed: 0.25,
      logScore: -Math.log(outcome === 1 ? probability : 1 - probability),
    };
  }
  if (!(outcome > 0 && Number.isFinite(outcome)))
    throw new UserError(`${id}: its outcome is a number above 0, not ${outcome}`);
  const vague = { ...forecast, p10: forecast.p50 / VAGUE, p90: forecast.p50 * VAGUE };
  return {
    name: 'CRPS of the logarithm',
    value: crps(forecast, outcome),
    uninformed: crps(vague, outcome),
    logScore: -logDensity(forecast, outcome),
  };
}

const VAGUE = Math.sqrt(10);
const STEPS = 4000;
/** Standard deviations beyond which a forecast's distribution is taken as 0 or 1. */
const REACH = 8;

/** ∫ (F(x) − 1{x ≥ y})² dx over x = ln outcome (Gneiting and Raftery, JASA 102, 2007, eq. 20), by the midpoint rule. */
function crps(forecast: LogNormal, outcome: number): number {
  const y = Math.log(outcome);
  const [down, up] = sides(forecast);
  const middle = Math.log(forecast.p50);
  const lo = Math.min(y, middle - REACH * down);
  const hi = Math.max(y, middle + REACH * up);
  const integral = (from: number, to: number, square: (f: number) => number): number => {
    const step = (to - from) / STEPS;
    let sum = 0;
    for (let i = 0; i < STEPS; i++) {
      const x = from + (i + 0.5) * step;
      sum += square(normalCdf((x - middle) / (x < middle ? down : up)));
    }
    return sum * step;
  };
  return integral(lo, y, (f) => f * f) + integral(y, hi, (f) => (1 - f) ** 2);
}

function sides({ p10, p50, p90 }: LogNormal): readonly [down: number, up: number] {
  return [Math.log(p50 / p10) / Z[0.8], Math.log(p90 / p50) / Z[0.8]];
}

/** ln of the density of ln(outcome); each half holds half the probability. */
function logDensity(forecast: LogNormal, outcome: number): number {
  const distance = Math.log(outcome / forecast.p50);
  const [down, up] = sides(forecast);
  const sd = distance < 0 ? down : up;
  return -0.5 * (distance / sd) ** 2 - Math.log(sd * Math.sqrt(2 * Math.PI));
}
