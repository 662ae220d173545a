// What the calibration on measured points says of chips in a study, as constants: how far step times lie from the formula, and how
// well that is known. Knows no draw.

import * as v from 'valibot';
import { type Constant, constantSchema } from '../catalogue.ts';
import { Z } from '../draws.ts';
import type { Calibration } from '../serving/calibrate.ts';
import { type Architecture, findAccelerator } from '../serving/catalogue.ts';
import { servingContext } from '../serving/question.ts';
import { BLACKWELL_CHIP } from './fleet-of-pairs.ts';
import { ENGINE } from './gpu-side.ts';
import { RUBIN_CHIP, STEP } from './site.ts';

interface Known {
  readonly mean: number;
  /** Of what labels leave open, and of noise besides. */
  readonly open: number;
  readonly noise: number;
}

/** The factors on step times of the older chip, and of the newer over it. */
export function calibratedConstants(model: Architecture, precision: string, calibration: Calibration): Constant[] {
  const older = stepOf(BLACKWELL_CHIP, model, precision, calibration);
  const newer = stepOf(RUBIN_CHIP, model, precision, calibration);
  const points = calibration.counts.tpot;
  return [
    entry(
      STEP.blackwell,
      `factor of ${model.name}'s step time on Blackwell over the fitted formula`,
      older.mean,
      Math.hypot(older.open, older.noise),
      points,
    ),
    entry(
      STEP.newer,
      `factor that a generation without measurements adds to ${model.name}'s step time`,
      newer.mean - older.mean,
      Math.sqrt(Math.max(LEAST_SD ** 2, newer.open ** 2 - older.open ** 2)),
      points,
    ),
  ];
}

const LEAST_SD = 0.01;

function stepOf(chipName: string, model: Architecture, precision: string, calibration: Calibration): Known {
  const chip = findAccelerator(chipName)!;
  const wide = model.experts !== null;
  const layout = wide ? { gpus: 8, tp: 1, attentionDp: 8 } : { gpus: 8, tp: 8, attentionDp: 1 };
  const context = servingContext({ model, chip, engine: ENGINE, precision }, layout);
  const { mean, sd, multipliers } = calibration.correct({ ...context, domain: 'tpot', quantities: [], value: 1 });
  return { mean, open: sd, noise: (context.noise * multipliers[0.8]) / Z[0.8] };
}

function entry(id: string, what: string, mean: number, sd: number, points: number): Constant {
  const at = (z: number): number => Math.exp(mean + z * sd);
  return v.parse(constantSchema, {
    id,
    what,
    value: at(0),
    lo: at(-Z[0.8]),
    hi: at(Z[0.8]),
    coverage: 0.8,
    shape: 'log-normal',
    unit: '1',
    basis: 'measured',
    source: `this serving model's calibration on ${points} published serving runs (src/fleet/data/serving/measured.json); fleet validate prints how such intervals covered runs left out`,
    date: '2026-08-21',
    note: 'labels in common with measured runs narrow it; a chip or generation without runs keeps its prior spread',
  });
}
