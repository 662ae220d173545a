// Everything the fleet's commands and its page share: the serving model calibrated on measured points, and the rollout's inputs from
// it. Knows no file and no scenario.
import { createInputsBuilder, type InputsBuilder } from './rollout/inputs.ts';
import { type Calibration, calibrate } from './serving/calibrate.ts';
import { measuredPoints } from './serving/points.ts';

export interface FleetModel {
  readonly calibration: Calibration;
  readonly inputsOf: InputsBuilder;
}

/** Takes some 0.4 s: once for a page or a command. */
export function createFleetModel(): FleetModel {
  const calibration = calibrate(measuredPoints());
  return { calibration, inputsOf: createInputsBuilder(calibration) };
}
