// The machine a session runs on, whoever opened it: a browser's worker or Node.
import type { OpenedDevice } from '../gpu/device.ts';
import type { TimerReport } from '../gpu/timer-probe.ts';
import type { TuneStorage } from '../gpu/tune-memory.ts';
import type { Environment } from '../results/schema.ts';

export interface Machine extends OpenedDevice {
  readonly timer: TimerReport;
  readonly environment: Environment;
  /** Where the tuner's choices are kept; absent where nothing is. */
  readonly tuneStorage?: TuneStorage;
}
