// Keeps the calibrations of this machine's devices in a file beside its results. A folder of results can be compared as a
// whole, so the file lies one folder below.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Calibration, type CalibrationStore, calibrationsJson, readCalibrations } from '../results/calibration.ts';
import { writeAtomically } from './result-store.ts';

export function fileCalibrationStore(packageFolder: string): CalibrationStore & { readonly path: string } {
  const path = join(packageFolder, 'bench-results', 'local', 'calibration', 'devices.json');
  const load = async (): Promise<readonly Calibration[]> => {
    const text = await readFile(path, 'utf8').catch(() => null);
    return text === null ? [] : readCalibrations(text, path);
  };
  return {
    path,
    load,
    async save(calibration) {
      const others = (await load()).filter(({ device }) => device !== calibration.device);
      const devices = [...others, calibration];
      await writeAtomically(path, `${JSON.stringify(calibrationsJson(devices), null, 1)}\n`);
    },
  };
}
