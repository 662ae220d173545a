// What repeated sessions of one build on one device say of its noise: the spread between sessions per metric, kept with the
// machine so that a single session can later be judged by it. Pure; where it is kept is the caller's business.
import * as v from 'valibot';
import { messageOf, UserError } from '../core/errors.ts';
import { variance } from '../stats/mean-difference.ts';
import { varianceComponents } from '../stats/session-plan.ts';
import { adapterText, browserMajor } from './comparability.ts';
import { SESSIONS_NEEDED, type SessionNoise } from './estimate-ratio.ts';
import { type Metric, metricSchema, type ResultFile } from './schema.ts';
import { measureCases } from './session-values.ts';

const positive = v.pipe(v.number(), v.finite(), v.minValue(0));

const metricNoiseSchema = v.object({
  estimator: metricSchema.entries.estimator,
  /** Standard deviation of log session values, pooled over cases. */
  sigma: positive,
  /** Degrees of freedom behind it: sessions − 1, summed over cases. */
  degrees: positive,
  /** Standard deviation of log samples inside a session, pooled; 0 for metrics with one sample a session. */
  within: positive,
});
const calibrationSchema = v.object({
  device: v.string(),
  /** RFC 3339, UTC. */
  calibratedAt: v.string(),
  sessions: positive,
  metrics: v.record(v.string(), metricNoiseSchema),
});
const calibrationsSchema = v.object({
  schema: v.literal('fleetmark.calibrations'),
  schemaVersion: v.literal(1),
  devices: v.array(calibrationSchema),
});

export type Calibration = v.InferOutput<typeof calibrationSchema>;

/** Keeps calibrations where the caller can: a file beside the results, or a browser's storage. */
export interface CalibrationStore {
  load(): Promise<readonly Calibration[]>;
  /** Replaces what is kept of the same device. */
  save(calibration: Calibration): Promise<void>;
}

/** The calibrations a text holds. Throws a UserError that names it. */
export function readCalibrations(text: string, name: string): readonly Calibration[] {
  try {
    return v.parse(calibrationsSchema, JSON.parse(text)).devices;
  } catch (error) {
    throw new UserError(
      `${name}: not a calibration file (${messageOf(error)}). Delete it and run: fleetmark calibrate`,
    );
  }
}

/** The inverse, ready to be written. */
export function calibrationsJson(devices: readonly Calibration[]): v.InferInput<typeof calibrationsSchema> {
  return { schema: 'fleetmark.calibrations', schemaVersion: 1, devices: [...devices] };
}

/** What two files must share for one's noise to hold for the other. */
export function deviceKey({ environment, sessions }: ResultFile): string {
  const timers = [...new Set(sessions.map((session) => session.timer.kind))].sort();
  return [adapterText(environment), browserMajor(environment), environment.lane, ...timers].join(' · ');
}

/** Of one metric over cases: squares around session means, their degrees of freedom, and variance inside times the same. */
interface Sums {
  readonly estimator: Metric['estimator'];
  squares: number;
  degrees: number;
  within: number;
}

/**
 * Pools the variance of log session values over all cases of each metric. Throws a UserError below three sessions.
 * A row whose state is not ok in some session still counts with the sessions it has.
 */
export function calibrate(file: ResultFile): Calibration {
  const pooled = new Map<string, Sums>();
  for (const { rows, metrics } of measureCases(file, (id) => id).values()) {
    for (const [label, { metric, values }] of metrics) {
      if (values.length < SESSIONS_NEEDED || values.some(({ value }) => value <= 0)) continue;
      const sums = pooled.get(label) ?? { estimator: metric.estimator, squares: 0, degrees: 0, within: 0 };
      pooled.set(label, sums);
      const degrees = values.length - 1;
      sums.squares += variance(values.map(({ value }) => Math.log(value))) * degrees;
      sums.degrees += degrees;
      const samples = rows.flatMap((row) =>
        row.state === 'ok' ? row.metrics.filter((item) => item.name === metric.name).map((item) => item.samples) : [],
      );
      const logs = samples.map((list) => list.filter((value) => value > 0).map(Math.log));
      sums.within += varianceComponents(logs).within * degrees;
    }
  }
  if (pooled.size === 0) {
    throw new UserError(
      `a calibration needs a case measured in at least ${SESSIONS_NEEDED} sessions: give more --sessions`,
    );
  }
  const metrics = [...pooled].map(([label, { estimator, squares, degrees, within }]) => [
    label,
    { estimator, sigma: Math.sqrt(squares / degrees), degrees, within: Math.sqrt(within / degrees) },
  ]);
  return {
    device: deviceKey(file),
    calibratedAt: file.createdAt,
    sessions: file.sessions.length,
    metrics: Object.fromEntries(metrics),
  };
}

/**
 * Session noise where nothing was calibrated: 3 % for a GPU (unlocked clocks); 10 % for a software adapter, which shares its
 * cores with everything else that runs.
 */
const ASSUMED = { gpu: 0.03, software: 0.1 } as const;

/** The noise to judge a single session of this file by. */
export function noiseFor(file: ResultFile, label: string, calibrations: readonly Calibration[]): SessionNoise {
  const key = deviceKey(file);
  const found = calibrations.find(({ device }) => device === key)?.metrics[label];
  if (found) return { sigma: found.sigma, degrees: found.degrees, source: 'calibrated' };
  const sigma = file.environment.adapter.isSoftware ? ASSUMED.software : ASSUMED.gpu;
  return { sigma, degrees: Number.POSITIVE_INFINITY, source: 'assumed' };
}
