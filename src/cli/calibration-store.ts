// Keeps the calibrations of this machine's devices in a file beside its results. A folder of results can be compared as a
// whole, so the file lies one folder below.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { messageOf, UserError } from '../core/errors.ts';
import { type Calibration, type CalibrationStore, calibrationsSchema } from '../results/calibration.ts';
import { writeAtomically } from './result-store.ts';

export function fileCalibrationStore(packageFolder: string): CalibrationStore & { readonly path: string } {
  const path = join(packageFolder, 'bench-results', 'local', 'calibration', 'devices.json');
  const load = async (): Promise<readonly Calibration[]> => {
    const text = await readFile(path, 'utf8').catch(() => null);
    return text === null ? [] : parse(text, path);
  };
  return {
    path,
    load,
    async save(calibration) {
      const others = (await load()).filter(({ device }) => device !== calibration.device);
      const devices = [...others, calibration];
      await writeAtomically(
        path,
        `${JSON.stringify({ schema: 'fleetmark.calibrations', schemaVersion: 1, devices }, null, 1)}\n`,
      );
    },
  };
}

function parse(text: string, path: string): readonly Calibration[] {
  try {
    return v.parse(calibrationsSchema, JSON.parse(text)).devices;
  } catch (error) {
    throw new UserError(
      `${path}: not a calibration file (${messageOf(error)}). Delete it and run: fleetmark calibrate`,
    );
  }
}
