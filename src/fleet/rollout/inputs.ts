// From a scenario and its priors to the Monte Carlo's tables: every uncertain quantity over a standard normal z, ramps
// over time. Knows what each quantity means, nothing of how it is drawn.
import { normalQuantile } from '../../core/normal.ts';
import {
  LEVELS,
  Q16,
  QUARTER,
  RAMP_BEFORE,
  RAMP_KNOTS,
  type RolloutInputs,
  type ServingRows,
  Z_KNOTS,
  Z_ONE,
} from '../../core/rollout.ts';
import { median, sortSamples } from '../../stats/order-statistics.ts';
import { type Constant, constantOr, constantValue, findConstant } from '../catalogue.ts';
import { drawAt, Z } from '../draws.ts';
import { LPU_BYTES } from '../pairing/lpu-side.ts';
import { pairingOf } from '../pairing/of-scenario.ts';
import { type Rates, ratesRowByRow } from '../pairing/rates.ts';
import { packagesOf, type Scenario } from '../scenario.ts';
import type { Calibration } from '../serving/calibrate.ts';
import { type Architecture, findArchitecture } from '../serving/catalogue.ts';
import { attachedShare, readingNamed } from '../share-reading.ts';

/** Quarters from Q1 2026 by whose end the deal is to be complete, and from which on Rubin is delivered. */
export const COMPLETE_AT = 8;
const NEWER_FROM = 2;
const QUARTERS_OF_2026 = 4;
/** The tables' power is counted in 100 W, so that 32 bits hold 429 GW. */
const POWER_UNITS_PER_KW = 10;

/** Inputs of the Monte Carlo, and the rates they hold with the study that drew them. */
export interface BuiltInputs {
  readonly inputs: RolloutInputs;
  readonly rates: Rates;
}

export interface InputsBuilder {
  /** `flopsFactor`: counted flops per token over those of the model's shape, 1 without a count. */
  (scenario: Scenario, flopsFactor?: number): BuiltInputs;
  /** Whether the rates of this workload are drawn already, so that the answer takes no time. */
  knows(scenario: Scenario, flopsFactor?: number): boolean;
  /** Draws the rates for whoever may ask something else meanwhile; false once `goOn` says no. */
  learn(scenario: Scenario, flopsFactor: number, goOn: () => Promise<boolean>): Promise<boolean>;
}

/**
 * Builds inputs, keeping the parts that take long: rates while the workload stays the same, chances of failure for as long as the
 * builder lives. A slider then answers without drawing them anew. A UserError for a workload that is not known.
 */
export function createInputsBuilder(calibration: Calibration): InputsBuilder {
  const kept = new Map<string, Rates>();
  let down: RolloutInputs['down'] | null = null;
  const keep = (key: string, rates: Rates): Rates => {
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, rates);
    return rates;
  };
  const rowByRow = (scenario: Scenario, flopsFactor: number): Generator<undefined, Rates> =>
    ratesRowByRow(pairingOf(scenario, flopsFactor), calibration, scenario.rows);
  const build = (scenario: Scenario, flopsFactor = 1): BuiltInputs => {
    const key = keyOf(scenario, flopsFactor);
    const rates = kept.get(key) ?? keep(key, allOf(rowByRow(scenario, flopsFactor)));
    down ??= chancesOfDown(constantValue('nvl72/gpus'));
    return { inputs: inputsOf(scenario, rates, down), rates };
  };
  const knows = (scenario: Scenario, flopsFactor = 1): boolean => kept.has(keyOf(scenario, flopsFactor));
  const learn = async (scenario: Scenario, flopsFactor: number, goOn: () => Promise<boolean>): Promise<boolean> => {
    if (knows(scenario, flopsFactor)) return true;
    const rows = rowByRow(scenario, flopsFactor);
    for (let done = 1, step = rows.next(); ; done++, step = rows.next()) {
      if (step.done) {
        keep(keyOf(scenario, flopsFactor), step.value);
        return true;
      }
      if (done % ROWS_AT_A_TIME === 0 && !(await goOn())) return false;
    }
  };
  return Object.assign(build, { knows, learn });
}

/** Serving rows between two looks at whether to go on: some 10 ms. */
const ROWS_AT_A_TIME = 8;

function allOf<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** All that rates depend on: sliders of anything else draw none anew. */
function keyOf(scenario: Scenario, flopsFactor: number): string {
  const { gpus, share, reading, gpuUsd, rackUsd, tiers, ...workload } = pairingOf(scenario, flopsFactor);
  return JSON.stringify([workload, scenario.rows]);
}

const MOST_KEPT = 16;

function inputsOf(scenario: Scenario, rates: Rates, down: RolloutInputs['down']): RolloutInputs {
  const domain = constantValue('nvl72/gpus');
  const correlation = constantValue('rollout/site-correlation');
  const { quarters, sites } = scenario;
  return {
    sites,
    quarters,
    gpus: packagesOf(scenario),
    olderDomain: domain,
    newerDomain: domain,
    seed: scenario.seed,
    siteShares: evenShares(sites),
    mixRow: Int32Array.from({ length: quarters }, (_, q) => (q < NEWER_FROM ? 0 : q < QUARTERS_OF_2026 ? 1 : 2)),
    plannedPower: plannedPower(scenario),
    driftReached: Float32Array.from({ length: quarters }, (_, q) => driftReached(q)),
    correlation: [Math.round(Math.sqrt(correlation) * Z_ONE), Math.round(Math.sqrt(1 - correlation) * Z_ONE)],
    slipFrom: [slipFrom('rollout/slip-one'), slipFrom('rollout/slip-two'), slipFrom('rollout/slip-three')],
    attached: Math.round(shareOfRubins(scenario, rates) * Q16),
    liftable: Math.round(scenario.liftable * Q16),
    leastRacks: racksPerReplica(architectureOf(scenario)),
    down,
    tables: wholeTables(scenario),
    serving: servingRows(rates, domain),
  };
}

export function architectureOf({ model }: Pick<Scenario, 'model'>): Architecture {
  return findArchitecture(model)!;
}

/** LPX racks whose SRAM holds one copy of the weights. */
function racksPerReplica({ parameters }: Architecture): number {
  return Math.ceil((parameters * LPU_BYTES) / (constantValue('lpx/rack-sram-gb') * 1e9));
}

/** The share by its reading, as a share of the Rubins: at medians, with the mix of the whole deal. */
function shareOfRubins({ share, reading }: Scenario, rates: Rates): number {
  const rubins = constantValue('fleet/rubin-share');
  const middle = (values: Float64Array): number => median(sortSamples([...values]));
  return attachedShare(share, readingNamed(reading), {
    rubins,
    blackwells: 1 - rubins,
    racksPerNvl72: middle(rates.racksPerNvl72),
    attachedRate: middle(rates.attached),
    rubinRate: middle(rates.newer),
    blackwellRate: middle(rates.older),
  });
}

/** More LPX racks beside one domain than this would leave the range in which racks are counted exactly. */
const MOST_RACKS = 1000;

function servingRows(rates: Rates, domain: number): ServingRows {
  const perDomain = (values: Float64Array): Float32Array => Float32Array.from(values, (x) => x * domain);
  const newer = perDomain(rates.newer);
  return {
    older: perDomain(rates.older),
    middle: perDomain(rates.middle),
    newer,
    attached: perDomain(rates.attached).map((x, i) => Math.max(x, newer[i]!)),
    racks: Int32Array.from(rates.racksPerNvl72, (x) => Math.round(Q16 * Math.min(MOST_RACKS, x))),
  };
}

function evenShares(sites: number): Int32Array {
  return Int32Array.from(
    { length: sites },
    (_, i) => Math.floor(((i + 1) * Q16) / sites) - Math.floor((i * Q16) / sites),
  );
}

/** Median site power for this fleet at the end of each quarter, in 100 W. */
function plannedPower(scenario: Scenario): Uint32Array {
  const { value } = fleetPower(scenario);
  return Uint32Array.from({ length: scenario.quarters }, (_, q) =>
    Math.round(((value * (q + 1)) / 4) * 1e6 * POWER_UNITS_PER_KW),
  );
}

/** GW a year for this fleet: AWS's additions times the fleet's share, their log spreads added in squares. */
function fleetPower(scenario: Scenario): Constant {
  const added = constantOr('rollout/power-gw-year', scenario['power-gw']);
  const part = constantOr('rollout/power-share', scenario['power-share']);
  const value = added.value * part.value;
  const half = (end: 'lo' | 'hi'): number =>
    Math.hypot(Math.log(added[end] / added.value), Math.log(part[end] / part.value));
  const shape = added.shape === 'fixed' && part.shape === 'fixed' ? 'fixed' : 'log-normal';
  return { ...added, shape, value, lo: value * Math.exp(-half('lo')), hi: value * Math.exp(half('hi')) };
}

/** Share of all software gains reached by the end of a quarter, counted from the measured points of Q1 2026. */
function driftReached(q: number): number {
  return 1 - Math.exp(-q / constantValue('rollout/drift-quarters'));
}

function slipFrom(id: string): number {
  return Math.round(normalQuantile(1 - constantValue(id)) * Z_ONE);
}

/** 1 − 1/(1 + failures × GPUs × repair time) at the middle of every level: the share of time a domain is down. */
function chancesOfDown(domain: number): RolloutInputs['down'] {
  const [failures, repair] = [findConstant('rollout/failures-per-gpu-hour'), findConstant('rollout/repair-hours')];
  const spread = Math.hypot(logSpread(failures), logSpread(repair));
  const chances = Float64Array.from({ length: LEVELS }, (_, level) => {
    const z = (level + 0.5) * (8 / LEVELS) - 4;
    const load = failures.value * domain * repair.value * Math.exp(spread * z);
    return load / (1 + load);
  });
  return [chances, chances];
}

function logSpread({ lo, hi, coverage }: Constant): number {
  return Math.log(hi / lo) / (2 * Z[coverage]);
}

const atKnot = (i: number): number => i / 8 - 4;

function overZ(constant: Constant, scale: (value: number) => number): Int32Array {
  return Int32Array.from({ length: Z_KNOTS }, (_, i) => Math.round(scale(drawAt(constant, atKnot(i)))));
}

function overTime(at: (quarters: number) => number): Int32Array {
  return Int32Array.from({ length: RAMP_KNOTS }, (_, i) => Math.round(Q16 * at(i / 8 - RAMP_BEFORE)));
}

/** 0 before the start, 1 from `end` on, logistic between. */
function ramp(middle: number, scale: number, end: number): Int32Array {
  const logistic = (t: number): number => 1 / (1 + Math.exp((middle - t) / scale));
  const [from, to] = [logistic(0), logistic(end)];
  return overTime((t) => Math.min(1, Math.max(0, (logistic(t) - from) / (to - from))));
}

/** Factor on the deal beyond which counting GPUs in f32 would no longer be exact for the largest fleet. */
const MOST_FACTOR = 1.6;

function wholeTables(scenario: Scenario): RolloutInputs['tables'] {
  const midpoint = findConstant('rollout/midpoint-quarters');
  const lpxMidpoint = findConstant('rollout/lpx-midpoint-quarters');
  const power = fleetPower(scenario);
  const domain = constantValue('nvl72/gpus');
  const kw = (constant: Constant): Int32Array => overZ(constant, (x) => x * domain * POWER_UNITS_PER_KW);
  const pue = constantValue('power/pue');
  const drift = findConstant(architectureOf(scenario).experts ? 'rollout/drift-moe' : 'rollout/drift-dense');
  const atYear = driftReached(QUARTERS_OF_2026);
  return {
    total: overZ(findConstant('rollout/total-factor'), (x) => Q16 * Math.min(MOST_FACTOR, x)),
    midpoint: overZ(midpoint, (x) => QUARTER * (x - midpoint.value)),
    lpxPace: overZ(lpxMidpoint, (x) => QUARTER * (x - lpxMidpoint.value)),
    mix: [
      overZ(constantOr('rollout/newer-share-2026', scenario['newer-2026']), (x) => Q16 * x),
      overZ(constantOr('rollout/newer-share-2027', scenario['newer-2027']), (x) => Q16 * x),
    ],
    middleMix: overZ(constantOr('rollout/ultra-share', scenario['ultra-share']), (x) => Q16 * x),
    olderPower: kw(findConstant('power/blackwell-kw')),
    middlePower: kw(findConstant('power/blackwell-ultra-kw')),
    newerPower: kw(constantOr('power/rubin-kw', scenario['rubin-kw'])),
    lpxPower: overZ(constantOr('power/lpx-rack-kw', scenario['lpx-rack-kw']), (x) => x * pue * POWER_UNITS_PER_KW),
    sitePower: overZ(power, (x) => (Q16 * x) / power.value),
    localPower: overZ(findConstant('rollout/site-power-spread'), (x) => Q16 * x),
    spare: overZ(findConstant('fleet/spare'), (x) => Q16 * x),
    network: overZ(constantOr('rollout/spectrum-share', scenario['spectrum-share']), (x) => Q16 * x),
    ramp: ramp(midpoint.value, constantValue('rollout/ramp-quarters'), COMPLETE_AT),
    lpxRamp: ramp(lpxMidpoint.value, constantValue('rollout/lpx-ramp-quarters'), 2 * COMPLETE_AT),
    drift: floatsOverZ(drift, (x) => Math.log(x) / atYear),
    spectrum: floatsOverZ(findConstant('rollout/scale-out-spectrum'), (x) => x),
    efa: floatsOverZ(findConstant('rollout/scale-out-efa'), (x) => x),
  };
}

function floatsOverZ(constant: Constant, scale: (x: number) => number): Float32Array {
  return Float32Array.from({ length: Z_KNOTS }, (_, i) => scale(drawAt(constant, atKnot(i))));
}
