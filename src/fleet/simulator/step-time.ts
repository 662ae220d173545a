// The one thing the event simulator asks of hardware and model: how long a step takes. Knows neither.

/** What one engine step has to do. */
export interface StepLoad {
  /** Requests that each get one token. */
  readonly decodeRequests: number;
  /** Tokens in the KV caches of these requests, summed. */
  readonly contextTokens: number;
  /** Prompt tokens computed in this step. */
  readonly prefillTokens: number;
  /** Tokens that the prompt tokens attend to, summed over them. */
  readonly prefillAttendedTokens: number;
}

/** One serving instance: a set of GPUs that runs one step at a time. */
export interface StepTimeModel {
  readonly gpus: number;
  /** Tokens that the KV cache holds, over all requests. */
  readonly kvCapacityTokens: number;
  /** Positive; must not fall when the load grows. Linear growth with context is integrated exactly over many steps. */
  stepSeconds(load: StepLoad): number;
}
