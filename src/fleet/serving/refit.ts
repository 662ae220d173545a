// What a user's own runs change: the calibration with and without them, how each run was predicted before, and where the
// parameters went. Knows points, not files.
import { UserError } from '../../core/errors.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import type { Interval } from './intervals.ts';
import { PARAMETER_NAMES, type ParameterName } from './parameters.ts';
import { measuredPoints, type Point } from './points.ts';
import { type Prediction, predictPoints } from './predict.ts';
import { measuredReplicaOf } from './question.ts';
import { subjectOf } from './resolve.ts';

export interface RefitRun {
  readonly id: string;
  readonly measuredTpotMs: number;
  /** Predicted from the published points alone, and with these runs. */
  readonly before: Interval;
  readonly after: Interval;
}

export interface Refit {
  readonly publishedPoints: number;
  readonly runs: readonly RefitRun[];
  /** Value before and after, for every parameter. */
  readonly parameters: readonly { readonly name: ParameterName; readonly before: number; readonly after: number }[];
  /** Median of log(after / before) of the runs' predicted time per token, and of the width of their 80 % interval. */
  readonly medianShift: number;
  readonly widthShift: number;
}

/** A UserError names a run the model has no answer to. */
export function refit(runs: readonly Point[]): Refit {
  for (const run of runs) {
    const subject = subjectOf(run);
    if ('reason' in subject) throw new UserError(`${run.id}: ${subject.reason}`);
    if (!measuredReplicaOf(run))
      throw new UserError(`${run.id} is not a serving run: it needs concurrency, lengths and time per token`);
  }
  const [before, after] = [calibrate(measuredPoints()), calibrate([...measuredPoints(), ...runs])];
  const [first, second] = [predictionsOf(runs, before), predictionsOf(runs, after)];
  const rows = runs.map((run, i) => ({
    id: run.id,
    measuredTpotMs: run.tpot_ms!,
    before: first[i]!,
    after: second[i]!,
  }));
  const width = ({ i80: [lo, hi] }: Interval): number => Math.log(hi / lo);
  return {
    publishedPoints: before.counts.tpot,
    runs: rows,
    parameters: PARAMETER_NAMES.map((name) => ({
      name,
      before: before.parameters[name],
      after: after.parameters[name],
    })),
    medianShift: middle(rows.map((row) => Math.log(row.after.p50 / row.before.p50))),
    widthShift: middle(rows.map((row) => Math.log(width(row.after) / width(row.before)))),
  };
}

function predictionsOf(runs: readonly Point[], calibration: Calibration): Interval[] {
  return predictPoints(runs, calibration).map((prediction: Prediction) => {
    if (!prediction.tpot_ms) throw new UserError(`${prediction.id}: ${prediction.reason ?? 'no time per token'}`);
    return prediction.tpot_ms;
  });
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
