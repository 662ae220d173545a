// From a scenario and its priors to the Monte Carlo's tables: every uncertain quantity over a standard normal z, ramps
// over time. Knows what each quantity means, nothing of how it is drawn.
import { normalCdf, normalQuantile } from '../../core/normal.ts';
import {
  LEVELS,
  Q16,
  QUARTER,
  RAMP_BEFORE,
  RAMP_KNOTS,
  type RolloutInputs,
  Z_KNOTS,
  Z_ONE,
} from '../../core/rollout.ts';
import { quantile, type Sorted, sortSamples } from '../../stats/order-statistics.ts';
import { racksPerReplica } from '../capacity.ts';
import { type Constant, findModel } from '../catalogue.ts';
import { drawAt, Z } from '../draws.ts';
import { DEFAULT_FLEET_SETTINGS, type FleetSettings } from '../settings.ts';
import { capacities, createSimulation } from '../simulation.ts';
import { findPrior, NEWER_CHIPS, OLDER_CHIPS, priorOr, type RolloutChip } from './priors.ts';
import type { RolloutScenario } from './scenario.ts';

/** Quarters from Q1 2026 by whose end the deal is to be complete, and from which on Rubin is delivered. */
export const COMPLETE_AT = 8;
const NEWER_FROM = 2;
const QUARTERS_OF_2026 = 4;
/** The tables' power is counted in 100 W, so that 32 bits hold 429 GW. */
const POWER_UNITS_PER_KW = 10;

/**
 * Builds inputs, keeping the parts that take long: rates while the workload stays the same, chances of failure while the
 * chips do. A slider then answers without drawing them anew.
 */
export function createInputsBuilder(): (scenario: RolloutScenario) => RolloutInputs {
  const rates = keepLast((key: FleetSettings) => ratesOf(key));
  const down = keepLast((key: { older: number; newer: number }): RolloutInputs['down'] => [
    chancesOfDown(key.older),
    chancesOfDown(key.newer),
  ]);
  return (scenario) => inputsOf(scenario, rates(fleetSettings(scenario)), down(domainsOf(scenario)));
}

/** Remembers the last answer, by its question as JSON. */
function keepLast<Q, A>(ask: (question: Q) => A): (question: Q) => A {
  const last = { key: '', answer: null as A | null };
  return (question) => {
    const key = JSON.stringify(question);
    if (last.answer === null || last.key !== key) Object.assign(last, { key, answer: ask(question) });
    return last.answer as A;
  };
}

/** Everything the Monte Carlo needs of a scenario. A UserError where its workload was never measured. */
export function buildRolloutInputs(scenario: RolloutScenario): RolloutInputs {
  return createInputsBuilder()(scenario);
}

function domainsOf({ older, newer }: RolloutScenario): { older: number; newer: number } {
  const domain = (chips: readonly RolloutChip[], chip: string): number =>
    findPrior(chips.find(({ name }) => name === chip)!.domain).value;
  return { older: domain(OLDER_CHIPS, older), newer: domain(NEWER_CHIPS, newer) };
}

function inputsOf(scenario: RolloutScenario, rates: Rates, down: RolloutInputs['down']): RolloutInputs {
  const older = OLDER_CHIPS.find(({ name }) => name === scenario.older)!;
  const newer = NEWER_CHIPS.find(({ name }) => name === scenario.newer)!;
  const { older: olderDomain, newer: newerDomain } = domainsOf(scenario);
  const correlation = findPrior('rollout/site-correlation').value;
  const { quarters, sites } = scenario;
  return {
    sites,
    quarters,
    gpus: scenario.gpus,
    olderDomain,
    newerDomain,
    seed: scenario.seed,
    siteShares: evenShares(sites),
    mixRow: Int32Array.from({ length: quarters }, (_, q) => (q < NEWER_FROM ? 0 : q < QUARTERS_OF_2026 ? 1 : 2)),
    plannedPower: plannedPower(scenario),
    driftReached: Float32Array.from({ length: quarters }, (_, q) => driftReached(q)),
    correlation: [Math.round(Math.sqrt(correlation) * Z_ONE), Math.round(Math.sqrt(1 - correlation) * Z_ONE)],
    slipFrom: [slipFrom('rollout/slip-one'), slipFrom('rollout/slip-two'), slipFrom('rollout/slip-three')],
    attached: Math.round(scenario.share * Q16),
    liftable: Math.round(scenario.liftable * Q16),
    leastRacks: racksPerReplica(scenario.model),
    down,
    tables: { ...wholeTables(scenario, older, newer), ...rateTables(scenario, rates, olderDomain, newerDomain) },
  };
}

function evenShares(sites: number): Int32Array {
  return Int32Array.from(
    { length: sites },
    (_, i) => Math.floor(((i + 1) * Q16) / sites) - Math.floor((i * Q16) / sites),
  );
}

/** Median site power for this fleet at the end of each quarter, in 100 W. */
function plannedPower(scenario: RolloutScenario): Uint32Array {
  const { value } = fleetPower(scenario);
  return Uint32Array.from({ length: scenario.quarters }, (_, q) =>
    Math.round(((value * (q + 1)) / 4) * 1e6 * POWER_UNITS_PER_KW),
  );
}

/** GW a year for this fleet: AWS's additions times the fleet's share, their log spreads added in squares. */
function fleetPower(scenario: RolloutScenario): Constant {
  const added = priorOr('rollout/power-gw-year', scenario['power-gw']);
  const part = priorOr('rollout/power-share', scenario['power-share']);
  const value = added.value * part.value;
  const half = (end: 'lo' | 'hi'): number =>
    Math.hypot(Math.log(added[end] / added.value), Math.log(part[end] / part.value));
  const shape = added.shape === 'fixed' && part.shape === 'fixed' ? 'fixed' : 'log-normal';
  return { ...added, shape, value, lo: value * Math.exp(-half('lo')), hi: value * Math.exp(half('hi')) };
}

/** Share of all software gains reached by the end of a quarter, counted from the measured points of Q1 2026. */
function driftReached(q: number): number {
  return 1 - Math.exp(-q / findPrior('rollout/drift-quarters').value);
}

function slipFrom(id: string): number {
  return Math.round(normalQuantile(1 - findPrior(id).value) * Z_ONE);
}

/** 1 − 1/(1 + failures × GPUs × repair time) at the middle of every level: the share of time a domain is down. */
function chancesOfDown(domain: number): Float64Array {
  const [failures, repair] = [findPrior('rollout/failures-per-gpu-hour'), findPrior('rollout/repair-hours')];
  const spread = Math.hypot(logSpread(failures), logSpread(repair));
  return Float64Array.from({ length: LEVELS }, (_, level) => {
    const z = (level + 0.5) * (8 / LEVELS) - 4;
    const load = failures.value * domain * repair.value * Math.exp(spread * z);
    return load / (1 + load);
  });
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

function wholeTables(scenario: RolloutScenario, older: RolloutChip, newer: RolloutChip) {
  const { value: midpoint } = findPrior('rollout/midpoint-quarters');
  const { value: lpxMidpoint } = findPrior('rollout/lpx-midpoint-quarters');
  const power = fleetPower(scenario);
  const domain = (chip: RolloutChip): number => findPrior(chip.domain).value;
  const kw = (chip: RolloutChip): Int32Array =>
    overZ(findPrior(chip.powerKw), (x) => x * domain(chip) * POWER_UNITS_PER_KW);
  const racksPerDomain = domain(newer) / findPrior('nvl72/gpus').value;
  const pue = findPrior('power/pue').value;
  return {
    total: overZ(findPrior('rollout/total-factor'), (x) => Q16 * Math.min(MOST_FACTOR, x)),
    midpoint: overZ(findPrior('rollout/midpoint-quarters'), (x) => QUARTER * (x - midpoint)),
    lpxPace: overZ(findPrior('rollout/lpx-midpoint-quarters'), (x) => QUARTER * (x - lpxMidpoint)),
    mix: [
      overZ(priorOr('rollout/newer-share-2026', scenario['newer-2026']), (x) => Q16 * x),
      overZ(priorOr('rollout/newer-share-2027', scenario['newer-2027']), (x) => Q16 * x),
    ],
    olderPower: kw(older),
    newerPower: kw(newer),
    lpxPower: overZ(priorOr('power/lpx-rack-kw', scenario['lpx-rack-kw']), (x) => x * pue * POWER_UNITS_PER_KW),
    sitePower: overZ(power, (x) => (Q16 * x) / power.value),
    localPower: overZ(findPrior('rollout/site-power-spread'), (x) => Q16 * x),
    spare: overZ(findPrior('fleet/spare'), (x) => Q16 * x),
    lpxRacks: overZ(priorOr('lpx/racks-per-nvl72', scenario['lpx-racks']), (x) => Q16 * x * racksPerDomain),
    network: overZ(priorOr('rollout/spectrum-share', scenario['spectrum-share']), (x) => Q16 * x),
    ramp: ramp(midpoint, findPrior('rollout/ramp-quarters').value, COMPLETE_AT),
    lpxRamp: ramp(lpxMidpoint, findPrior('rollout/lpx-ramp-quarters').value, 2 * COMPLETE_AT),
  } as const;
}

/** What one working GPU gives at the workload, and LPX on top, over the fleet's own draws, ascending. */
interface Rates {
  readonly older: Sorted;
  readonly transfer: Sorted;
  readonly lift: Sorted;
}

function ratesOf(settings: FleetSettings): Rates {
  const at = capacities(createSimulation(settings, null), settings['user-rate']);
  return {
    older: sortSamples(at.map((c) => c.blackwellRate)),
    transfer: sortSamples(at.map((c) => c.rubinRate / c.blackwellRate)),
    lift: sortSamples(at.map((c) => c.lift)),
  };
}

/** tokens/s of a domain and factors over z: quantiles of the rates' draws. */
function rateTables(scenario: RolloutScenario, rates: Rates, olderDomain: number, newerDomain: number) {
  const { experts } = findModel(scenario.model);
  const drift = findPrior(experts ? 'rollout/drift-moe' : 'rollout/drift-dense');
  const atYear = driftReached(QUARTERS_OF_2026);
  const floats = (constant: Constant, scale: (x: number) => number): Float32Array =>
    Float32Array.from({ length: Z_KNOTS }, (_, i) => scale(drawAt(constant, atKnot(i))));
  return {
    rate: quantiles(rates.older, olderDomain),
    transfer: quantiles(rates.transfer, newerDomain / olderDomain),
    lift: quantiles(rates.lift, 1),
    drift: floats(drift, (x) => Math.log(x) / atYear),
    spectrum: floats(findPrior('rollout/scale-out-spectrum'), (x) => x),
    efa: floats(findPrior('rollout/scale-out-efa'), (x) => x),
  };
}

function quantiles(sorted: Sorted, scale: number): Float32Array {
  return Float32Array.from({ length: Z_KNOTS }, (_, i) => scale * quantile(sorted, normalCdf(atKnot(i))));
}

/** The fleet report's settings of the same workload: what its rates depend on, and nothing else of the scenario. */
function fleetSettings(scenario: RolloutScenario): FleetSettings {
  return {
    ...DEFAULT_FLEET_SETTINGS,
    model: scenario.model,
    precision: scenario.precision,
    isl: scenario.isl,
    osl: scenario.osl,
    'user-rate': scenario['user-rate'],
    'lpx-gain': scenario['lpx-gain'],
  };
}
