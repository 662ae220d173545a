// The machine a session runs on, whoever opened it: a browser's worker or Node.

import type { PowerSource } from '../bench/energy.ts';
import type { OpenedDevice } from '../gpu/device.ts';
import type { TimerReport } from '../gpu/timer-probe.ts';
import type { TuneStorage } from '../gpu/tune-memory.ts';
import type { Environment } from '../results/schema.ts';

export interface Machine extends OpenedDevice {
  readonly timer: TimerReport;
  readonly environment: Environment;
  /** Starts what measures power, or why nothing does; absent where nobody asked, as in a page. */
  readonly power?: PowerSource;
  /** Where the tuner's choices are kept; absent where nothing is. */
  readonly tuneStorage?: TuneStorage;
}
