// A made-up instance for tests: step time linear in everything, so that answers can be computed by hand.
import type { StepTimeModel } from './step-time.ts';

/** Seconds: 5 ms a step, 20 µs a request, 10 ns a context token, 4 µs a prompt token, all over `speed`. */
export function linearSteps({ speed = 1, kvCapacityTokens = 1e6, gpus = 1 } = {}): StepTimeModel {
  return {
    gpus,
    kvCapacityTokens,
    stepSeconds: (load) =>
      (5e-3 + 20e-6 * load.decodeRequests + 10e-9 * load.contextTokens + 4e-6 * load.prefillTokens) / speed,
  };
}
