// The calibrated parameters of the serving model: few, positive, each with a prior that keeps it physical.
// Start values, spreads and their sources are in the data.

import constantsJson from '../data/serving/constants.json' with { type: 'json' };

export type ParameterName = keyof typeof constantsJson.parameters;

export interface ParameterSpec {
  readonly what: string;
  /** Median of the log-normal prior. */
  readonly start: number;
  /** Standard deviation of its logarithm. */
  readonly sd: number;
  readonly unit: string;
  readonly grade: string;
  readonly source: string;
  readonly date: string;
}

export const PARAMETERS: Readonly<Record<ParameterName, ParameterSpec>> = constantsJson.parameters;
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

/**
 * The same without the waits before a first token, which were fitted to benchmark clients that start all at once: where arrivals
 * are simulated, so is waiting, and in steady state nobody starts together.
 */
export function withoutWaits(parameters: Parameters): Parameters {
  return { ...parameters, wait: 0, sglangWait: 0 };
}
