// A replica of the calibrated serving model as one instance of the event simulator. Knows both, adds no formula of its own.
import type { Parameters } from '../serving/parameters.ts';
import { batchLimit } from '../serving/steady.ts';
import { prefillSeconds, type Replica, stepSeconds } from '../serving/step.ts';
import type { StepTimeModel } from './step-time.ts';

/** Capacity of the KV cache is that of requests of the replica's own lengths; other lengths share the same tokens. */
export function servingSteps(replica: Replica, parameters: Parameters): StepTimeModel {
  const decodeSeconds = (requests: number, contextTokens: number): number =>
    requests === 0 ? 0 : stepSeconds({ ...replica, isl: contextTokens / requests, osl: 0 }, requests, parameters);
  return {
    gpus: replica.layout.gpus,
    kvCapacityTokens: batchLimit(replica) * (replica.isl + replica.osl),
    stepSeconds: (load) =>
      decodeSeconds(load.decodeRequests, load.contextTokens) +
      promptSeconds(replica, parameters, load.prefillTokens, load.prefillAttendedTokens),
  };
}

/** The prompt of which so many tokens are fresh and attend to that many: length a/t + t/2, the rest of it cached. */
function promptSeconds(replica: Replica, parameters: Parameters, tokens: number, attended: number): number {
  if (tokens === 0) return 0;
  const isl = attended / tokens + tokens / 2;
  return prefillSeconds({ ...replica, isl, cacheHit: Math.max(0, 1 - tokens / isl) }, parameters);
}
