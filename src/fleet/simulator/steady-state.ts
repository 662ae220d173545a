// The closed form of what the event simulator does in steady state: one instance, equal requests, a fixed number in flight.
// Two unknown rates, of plain steps and of steps with a prompt chunk, from two balances. Knows no hardware.
import type { StepTimeModel } from './step-time.ts';

export interface SteadyWorkload {
  readonly isl: number;
  readonly osl: number;
  readonly prefixHitRate: number;
  readonly chunkTokens: number;
}

export interface SteadyState {
  readonly requestsPerSecond: number;
  readonly outputTokensPerSecondPerGpu: number;
  readonly tpotMs: number;
  readonly ttftMs: number;
}

/**
 * `concurrency` requests in flight. A request takes `chunks` steps with its prompt (m seconds each) and osl − 1 with a token
 * (d seconds without a prompt beside it). With X requests a second there are X·chunks prompt steps a second, (1 − X·chunks·m)/d
 * plain ones, and concurrency − X·chunks·m requests decode on average, so that
 * (concurrency − X·chunks·m) · (X·chunks + (1 − X·chunks·m)/d) = X·(osl − 1), whose left side falls in X.
 */
export function steadyState(model: StepTimeModel, workload: SteadyWorkload, concurrency: number): SteadyState {
  const { isl, osl, prefixHitRate, chunkTokens } = workload;
  const fresh = Math.max(1, Math.round(isl * (1 - prefixHitRate)));
  const context = isl + osl / 2;
  const at = (rate: number) => {
    // Two passes: how many decode depends on the time of a prompt step, which depends on how many decode.
    let decoding = concurrency;
    let mixed = { chunks: 0, seconds: 0 };
    for (let pass = 0; pass < 4; pass++) {
      mixed = promptSteps(model, { fresh, isl, chunkTokens }, decoding, context);
      decoding = Math.max(0, concurrency - rate * mixed.chunks * mixed.seconds);
    }
    const plain = decoding > 0 ? stepOf(model, decoding, context, 0, 0) : Number.POSITIVE_INFINITY;
    const busy = rate * mixed.chunks * mixed.seconds;
    const tokens = decoding * (rate * mixed.chunks + Math.max(0, 1 - busy) / plain);
    return { mixed, decoding, surplus: tokens - rate * (osl - 1), busy };
  };
  let [lo, hi] = [0, 1 / promptSteps(model, { fresh, isl, chunkTokens }, 0, context).seconds];
  for (let i = 0; i < 60; i++) {
    const middle = (lo + hi) / 2;
    const { surplus, busy } = at(middle);
    if (surplus > 0 && busy < 1) lo = middle;
    else hi = middle;
  }
  const { mixed, decoding } = at(lo);
  return {
    requestsPerSecond: lo,
    outputTokensPerSecondPerGpu: (lo * osl) / model.gpus,
    tpotMs: osl > 1 ? (1000 * decoding) / (lo * (osl - 1)) : 0,
    ttftMs: 1000 * mixed.chunks * mixed.seconds,
  };
}

function promptSteps(
  model: StepTimeModel,
  { fresh, isl, chunkTokens }: { readonly fresh: number; readonly isl: number; readonly chunkTokens: number },
  decoding: number,
  context: number,
): { readonly chunks: number; readonly seconds: number } {
  const chunks = Math.max(1, fresh / Math.max(1, chunkTokens - decoding));
  const tokens = fresh / chunks;
  // Every prompt token attends to those before it: on average, to the cached part and half of the fresh one.
  return { chunks, seconds: stepOf(model, decoding, context, tokens, tokens * (isl - fresh / 2)) };
}

function stepOf(model: StepTimeModel, decoding: number, context: number, tokens: number, attended: number): number {
  return model.stepSeconds({
    decodeRequests: decoding,
    contextTokens: decoding * context,
    prefillTokens: tokens,
    prefillAttendedTokens: attended,
  });
}
