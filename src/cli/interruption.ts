// The first interrupt as something that can be waited for next to work under way. Later ones change nothing: npm passes on
// the same Ctrl+C that the terminal already sent.
import type { Io } from './io.ts';

export interface Interruption {
  readonly came: boolean;
  /** Resolves at the first interrupt; stays pending without one. */
  readonly arrival: Promise<void>;
  /** Stops listening; a further interrupt then ends the process as usual. */
  stop(): void;
}

export function watchInterrupts(io: Io): Interruption {
  let came = false;
  let stop = (): void => {};
  const arrival = new Promise<void>((resolve) => {
    stop = io.onInterrupt(() => {
      came = true;
      resolve();
    });
  });
  return {
    get came() {
      return came;
    },
    arrival,
    stop: () => stop(),
  };
}
