// Where a run's sessions come from: fresh browsers with the page in them, or fresh Node processes. Counting, recording and
// showing them do not know which.
import type { Environment, ResultFile } from '../results/schema.ts';
import type { HostEvent } from '../workers/api.ts';

export interface RunningSession {
  /** What it says of itself, and what only its launcher knows. */
  readonly environment: Environment;
  /** Rejects with a UserError for a refused run, with another Error when what runs it dies. */
  start(): Promise<ResultFile>;
  /** The session ends within one batch; start() then resolves. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

export interface SessionHost {
  /**
   * Launches one and waits until it has described its adapter. `order` tells it how to shuffle its cases. Throws a UserError
   * (exit 4) when there is no adapter that may be used.
   */
  open(order: number, onEvent: (event: HostEvent) => void): Promise<RunningSession>;
}
