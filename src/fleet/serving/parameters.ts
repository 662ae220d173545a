// The calibrated parameters of the serving model: few, positive, each with a prior that keeps it physical.
// Knows no data.

export interface ParameterSpec {
  readonly what: string;
  /** Median of the log-normal prior. */
  readonly start: number;
  /** Standard deviation of its logarithm. */
  readonly sd: number;
  readonly unit: string;
}

export const PARAMETERS = {
  memory: { what: 'share of memory bandwidth reached', start: 0.8, sd: 0.06, unit: '1' },
  compute: { what: 'share of BF16 peak reached', start: 0.6, sd: 0.15, unit: '1' },
  narrowGain: {
    what: 'exponent of the gain of narrower arithmetic: rate = BF16 peak x (peak/BF16 peak)^this',
    start: 0.8,
    sd: 0.3,
    unit: '1',
  },
  layer: { what: 'overhead per layer and step', start: 20e-6, sd: 0.7, unit: 's' },
  expertLayer: { what: 'further overhead per mixture-of-experts layer', start: 30e-6, sd: 0.7, unit: 's' },
  collective: { what: 'latency of one collective', start: 8e-6, sd: 0.5, unit: 's' },
  step: { what: 'overhead per step', start: 500e-6, sd: 0.7, unit: 's' },
  request: { what: 'overhead per request and step', start: 4e-6, sd: 1, unit: 's' },
  sglangRequest: { what: 'the same in SGLang', start: 10e-6, sd: 1, unit: 's' },
  vllmStep: { what: "vLLM's step time over TensorRT-LLM's", start: 1, sd: 0.15, unit: '1' },
  sglangStep: { what: "SGLang's step time over TensorRT-LLM's", start: 1, sd: 0.15, unit: '1' },
  sglangOverlap: {
    what: 'share of prefill that SGLang lets fall into decode; the rest waits before it',
    start: 0.6,
    sd: 0.3,
    unit: '1',
  },
  prefillStart: { what: 'overhead per prompt', start: 2e-3, sd: 0.7, unit: 's' },
  wait: { what: 'growth of waiting for the first token with load', start: 0.5, sd: 1, unit: '1' },
} as const satisfies Record<string, ParameterSpec>;

export type ParameterName = keyof typeof PARAMETERS;
export type Parameters = Readonly<Record<ParameterName, number>>;

export const PARAMETER_NAMES = Object.keys(PARAMETERS) as readonly ParameterName[];

/** Medians of the priors: the model before any measurement. */
export const PRIOR_PARAMETERS: Parameters = toParameters(
  PARAMETER_NAMES.map((name) => Math.log(PARAMETERS[name].start)),
);

/** From the vector of logarithms that the fit moves. */
export function toParameters(logs: readonly number[]): Parameters {
  return Object.fromEntries(PARAMETER_NAMES.map((name, i) => [name, Math.exp(logs[i]!)])) as Parameters;
}
