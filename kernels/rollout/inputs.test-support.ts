// A rollout for tests whose every table has a slope and whose power, slips and pairing all bind somewhere. Its figures
// are made up; the fleet's own come from src/fleet/rollout.
import { normalCdf } from '../../src/core/normal.ts';
import { LEVELS, Q16, QUARTER, RAMP_KNOTS, type RolloutInputs, Z_KNOTS, Z_ONE } from '../../src/core/rollout.ts';

const overZ = (at: (z: number) => number): Int32Array =>
  Int32Array.from({ length: Z_KNOTS }, (_, i) => Math.round(at(i / 8 - 4)));
const floatsOverZ = (at: (z: number) => number): Float32Array =>
  Float32Array.from({ length: Z_KNOTS }, (_, i) => at(i / 8 - 4));
const logistic = (middle: number, scale: number): Int32Array =>
  Int32Array.from({ length: RAMP_KNOTS }, (_, i) => {
    const t = i / 8 - 8;
    return t <= 0 ? 0 : Math.round(Q16 / (1 + Math.exp(-(t - middle) / scale)));
  });

const ROWS = 37;
const overRows = (at: (row: number) => number): Float32Array => Float32Array.from({ length: ROWS }, (_, i) => at(i));

export const TEST_INPUTS: RolloutInputs = {
  sites: 3,
  quarters: 6,
  gpus: 300_000,
  olderDomain: 8,
  newerDomain: 72,
  seed: 12345,
  siteShares: Int32Array.of(32768, 19661, 13107),
  mixRow: Int32Array.of(0, 0, 1, 1, 2, 2),
  plannedPower: Uint32Array.from({ length: 6 }, (_, q) => 10_000_000 * (q + 1)),
  driftReached: Float32Array.from({ length: 6 }, (_, q) => 1 - Math.exp(-(q + 1) / 4)),
  correlation: [Math.round(Math.sqrt(0.7) * Z_ONE), Math.round(Math.sqrt(0.3) * Z_ONE)],
  slipFrom: [2763, 5249, 7704],
  attached: Q16 / 4,
  liftable: Q16 / 5,
  leastRacks: 4,
  down: [
    Float64Array.from({ length: LEVELS }, (_, i) => 0.005 * Math.exp((i - 16) / 10)),
    Float64Array.from({ length: LEVELS }, (_, i) => 0.04 * Math.exp((i - 16) / 10)),
  ],
  tables: {
    total: overZ((z) => Q16 * Math.exp(0.08 * z)),
    midpoint: overZ((z) => QUARTER * 0.7 * z),
    lpxPace: overZ((z) => QUARTER * 0.5 * z),
    mix: [overZ((z) => Q16 * normalCdf(0.4 * z - 0.6)), overZ((z) => Q16 * normalCdf(0.4 * z + 0.3))],
    middleMix: overZ((z) => Q16 * normalCdf(0.3 * z)),
    olderPower: overZ((z) => 1680 * Math.exp(0.07 * z)),
    middlePower: overZ((z) => 1700 * Math.exp(0.07 * z)),
    newerPower: overZ((z) => 20160 * Math.exp(0.15 * z)),
    lpxPower: overZ((z) => 15000 * Math.exp(0.3 * z)),
    sitePower: overZ((z) => Q16 * Math.exp(0.3 * z)),
    localPower: overZ((z) => Q16 * Math.exp(0.2 * z)),
    spare: overZ((z) => Q16 * normalCdf(0.2 * z - 1.6)),
    network: overZ((z) => Q16 * normalCdf(0.5 * z)),
    ramp: logistic(3, 0.8),
    lpxRamp: logistic(4, 0.6),
    drift: floatsOverZ((z) => 0.2 + 0.1 * z),
    spectrum: floatsOverZ((z) => 1 - 0.01 * Math.exp(0.5 * z)),
    efa: floatsOverZ((z) => 1 - 0.02 * Math.exp(0.5 * z)),
  },
  serving: {
    older: overRows((i) => 27_000 * Math.exp(0.2 * Math.sin(i))),
    middle: overRows((i) => 30_000 * Math.exp(0.2 * Math.sin(i))),
    newer: overRows((i) => 700_000 * Math.exp(0.3 * Math.sin(2 * i))),
    attached: overRows((i) => 700_000 * Math.exp(0.3 * Math.sin(2 * i)) * (1 + (i % 5) / 4)),
    racks: Int32Array.from({ length: ROWS }, (_, i) => Math.round(Q16 * (0.2 + (i % 7) / 3))),
  },
};
