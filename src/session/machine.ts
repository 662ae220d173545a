// The machine a session runs on, whoever opened it: a browser's worker or Node.
import type { OpenedDevice } from '../gpu/device.ts';
import type { TimerReport } from '../gpu/timer-probe.ts';
import type { Environment } from '../results/schema.ts';

export interface Machine extends OpenedDevice {
  readonly timer: TimerReport;
  readonly environment: Environment;
}
