// The contract between the fleet's scenarios (src/fleet/rollout) and the Monte Carlo that draws them (kernels/rollout):
// uncertain quantities as tables over a standard normal z, everything discrete in whole numbers. Knows no source.

/** A z of one standard deviation; z is a whole number of 1/4096, from −4 to 4. */
export const Z_ONE = 4096;
/** Knots of a table over z, in steps of an eighth from −4 to 4; between them it is straight. */
export const Z_KNOTS = 65;
/** One, in tables of shares and factors. */
export const Q16 = 65536;
/** Time is counted in 1/256 of a quarter from the start of the first one. */
export const QUARTER = 256;
/** A ramp's knots: every eighth of a quarter from 8 quarters before the start to 24 after it. */
export const RAMP_KNOTS = 257;
export const RAMP_BEFORE = 8;
/** Bins of z by which the chance of a domain being down is taken, a quarter of a standard deviation each. */
export const LEVELS = 32;

/**
 * Shocks that all sites of a scenario share, one standard normal each, in the order in which they are drawn, but for the last:
 * `serving` is the row of the serving table, each as likely. `utilisation` moves no state of the Monte Carlo; it is drawn with the
 * others so that it is as reproducible.
 */
export const FACTORS = [
  'total',
  'midpoint',
  'slip',
  'mix',
  'middle-mix',
  'older-power',
  'newer-power',
  'site-power',
  'failures',
  'spare',
  'drift',
  'lpx-pace',
  'lpx-power',
  'network',
  'network-loss',
  'utilisation',
  'serving',
] as const;
export type Factor = (typeof FACTORS)[number];

/** What the Monte Carlo adds up over sites, by quarter, in whole numbers below 2^24. */
export const STATES = [
  /** GPUs delivered so far: the older generation, its later chip, and the newer generation. */
  'older-delivered',
  'middle-delivered',
  'newer-delivered',
  /** Scale-up domains that have power, in the fleet without LPX. */
  'older-powered',
  'middle-powered',
  'newer-powered',
  /** Scale-up domains that serve: powered, not kept as spares, not down. */
  'older-serving',
  'middle-serving',
  'newer-serving',
  /** Newer domains that serve, and LPX racks, in the fleet that pairs within the power the newer domains alone take. */
  'paired-serving',
  'lpx-racks',
  /** Quarters by which all sites together have slipped; sites on Spectrum-X rather than EFA. */
  'slipped-quarters',
  'spectrum-sites',
] as const;

/** tokens/s of capacity, by quarter: by generation, and the newer with LPX at equal site power. */
export const RATES = ['older', 'middle', 'newer', 'paired-newer'] as const;

/** What one working domain gives, one row for each way the serving model may be wrong; rows are equally likely. */
export interface ServingRows {
  /** tokens/s of a domain without LPX. */
  readonly older: Float32Array;
  readonly middle: Float32Array;
  readonly newer: Float32Array;
  /** tokens/s of a newer domain all of whose GPUs have LPX beside them; at least `newer`. */
  readonly attached: Float32Array;
  /** LPX racks beside an attached domain, Q16. */
  readonly racks: Int32Array;
}

/** Tables over z hold Z_KNOTS values, ramps RAMP_KNOTS. */
export interface RolloutTables {
  /** Factor on the GPUs, Q16, at most 1.6. */
  readonly total: Int32Array;
  /** Shift of every delivery, and of LPX's way from pilot to broad, in 1/QUARTER. */
  readonly midpoint: Int32Array;
  readonly lpxPace: Int32Array;
  /** Share of the newer generation in what is delivered, Q16: in quarters of row 1, and of row 2. */
  readonly mix: readonly [Int32Array, Int32Array];
  /** Share of the later chip in what is delivered of the older generation, Q16. */
  readonly middleMix: Int32Array;
  /** Site power of a domain, and of an LPX rack, in 100 W. */
  readonly olderPower: Int32Array;
  readonly middlePower: Int32Array;
  readonly newerPower: Int32Array;
  readonly lpxPower: Int32Array;
  /** Factor on the planned power of all sites, and on that of one of them, Q16. */
  readonly sitePower: Int32Array;
  readonly localPower: Int32Array;
  /** Share of domains kept as spares, Q16. */
  readonly spare: Int32Array;
  /** Chance that a site is on Spectrum-X, Q16. */
  readonly network: Int32Array;
  /** Share of all deliveries made, and of the planned pairing reached, Q16, over time. */
  readonly ramp: Int32Array;
  readonly lpxRamp: Int32Array;
  /** ln of the factor that software brings in the end. */
  readonly drift: Float32Array;
  /** Factor that the network leaves. */
  readonly spectrum: Float32Array;
  readonly efa: Float32Array;
}

export interface RolloutInputs {
  readonly sites: number;
  readonly quarters: number;
  readonly gpus: number;
  /** GPUs of one scale-up domain; the older generation's later chip has the older domain. */
  readonly olderDomain: number;
  readonly newerDomain: number;
  readonly seed: number;
  /** Share of each site, Q16, adding up to Q16. */
  readonly siteShares: Int32Array;
  /** By quarter: the mix's row (0: older alone), planned power of all sites in 100 W, share of the drift reached. */
  readonly mixRow: Int32Array;
  readonly plannedPower: Uint32Array;
  readonly driftReached: Float32Array;
  /** Weights of the shared and the site's own part of slip and power, in 1/Z_ONE, squares adding up to one. */
  readonly correlation: readonly [shared: number, own: number];
  /** z from which a site slips by one, two and three quarters. */
  readonly slipFrom: readonly [number, number, number];
  /** Share of newer domains with LPX beside them when pairing is broad, and of their work that LPX can lift, Q16. */
  readonly attached: number;
  readonly liftable: number;
  /** LPX racks below which a site cannot hold the model. */
  readonly leastRacks: number;
  /** Chance that a domain is down, by level, for older and newer domains. */
  readonly down: readonly [Float64Array, Float64Array];
  readonly tables: RolloutTables;
  readonly serving: ServingRows;
}

/** Scenario after scenario, in each quarter after quarter. */
export interface RolloutOutputs {
  /** z of every factor, in 1/Z_ONE, and the row of `serving`; FACTORS.length a scenario. */
  readonly factors: Int32Array;
  /** STATES.length whole numbers. */
  readonly states: Float32Array;
  /** RATES.length tokens/s. */
  readonly rates: Float32Array;
}

/** Draws scenarios `first` to `first + count − 1`, the same whatever else is drawn. */
export interface RolloutEngine {
  /** What draws, in words. */
  readonly name: string;
  run(inputs: RolloutInputs, first: number, count: number): Promise<RolloutOutputs>;
}
