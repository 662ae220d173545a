// A rollout's answer from its merged counts: fan by quarter, generations, what the spread comes from, and the share at
// which pairing breaks even. Plain data, ready for JSON; knows no formatting.
import { UserError } from '../../core/errors.ts';
import { quantile, sortSamples } from '../../stats/order-statistics.ts';
import { BLACKWELL_CHIP } from '../pairing/fleet-of-pairs.ts';
import { BLACKWELL_ULTRA_CHIP, type Rates } from '../pairing/rates.ts';
import { RUBIN_CHIP } from '../pairing/site.ts';
import { packagesOf, readScenario, type Scenario, scenarioToQuery } from '../scenario.ts';
import { type Decomposition, decompose } from './decompose.ts';
import type { ShardFile } from './shard-file.ts';
import { Sketch } from './sketch.ts';
import { type SourceEntry, sourcesOf } from './sources.ts';
import { HEADLINE, OUTCOMES, quarterName, SERVES } from './tally.ts';

/** Quantiles of one outcome over all scenarios, each within 1 %. */
export interface Spread {
  readonly p2_5: number;
  readonly p10: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p97_5: number;
}

export interface FanQuarter {
  readonly quarter: string;
  readonly delivered: Spread;
  /** tokens/s of capacity, without LPX and with LPX in the same power. */
  readonly unpaired: Spread;
  readonly paired: Spread;
  /** Capacity × utilisation. */
  readonly servedUnpaired: Spread;
  readonly servedPaired: Spread;
}

export interface GenerationRow {
  readonly name: string;
  readonly delivered: Spread;
  readonly serving: Spread;
  /** tokens/s of capacity. */
  readonly rate: Spread;
}

export interface RolloutReport {
  readonly schema: 'fleetmark.rollout-report';
  readonly schemaVersion: 1;
  readonly scenario: Scenario;
  /** The scenario as URL parameters. */
  readonly query: string;
  readonly workload: string;
  readonly conditions: string;
  readonly headline: {
    readonly quarter: string;
    readonly unpaired: Spread;
    readonly paired: Spread;
    /** Over scenarios in which both fleets serve anything; null where there is none. */
    readonly ratio: Spread | null;
    /** Share of scenarios in which both fleets serve anything, only one of them, or neither. */
    readonly serves: Readonly<Record<(typeof SERVES)[number], number>>;
    readonly watts: Spread;
    readonly tokensPerWatt: { readonly unpaired: Spread; readonly paired: Spread };
    readonly lpxRacks: Spread;
    /** Share of scenarios in which pairing gains at equal site power. */
    readonly pays: number;
  };
  readonly serving: {
    /** Share of serving rows in which the GPU front has fallen off at this speed, so that LPX is used. */
    readonly fallenOff: number;
    /** LPX racks beside an attached NVL72 rack, as solved or given. */
    readonly racksPerNvl72: Spread;
    /** Share of serving rows in which each mode is the best that is fast enough. */
    readonly modes: Readonly<Record<string, number>>;
  };
  readonly fan: readonly FanQuarter[];
  readonly generations: readonly GenerationRow[];
  readonly decompositions: readonly Decomposition[];
  readonly breakEvenShare: { readonly spread: Spread; readonly never: number };
  readonly notes: readonly string[];
  readonly sources: readonly SourceEntry[];
}

/** From the file of a whole run and the rates it drew from; a UserError where parts are missing. */
export function buildRolloutReport(file: ShardFile, rates: Rates): RolloutReport {
  if (file.parts.length !== file.of) {
    throw new UserError(`${file.parts.length} of ${file.of} parts: merge all of them before reporting`);
  }
  const scenario = readScenario({ ...file.inputs, seed: file.seed }, 'scenario of the merged run');
  const spread = (name: string): Spread => spreadOf(sketchOf(file, name));
  const quarter = quarterName(HEADLINE);
  const [pays, not] = file.tallies.pays ?? [0, 0];
  const breakEven = sketchOf(file, 'break-even-share');
  return {
    schema: 'fleetmark.rollout-report',
    schemaVersion: 1,
    scenario,
    query: scenarioToQuery(scenario),
    workload: describeWorkload(scenario),
    conditions: conditionsOf(scenario),
    headline: {
      quarter,
      unpaired: spread(`unpaired/${quarter}`),
      paired: spread(`paired/${quarter}`),
      ratio: file.sketches.ratio ? spread('ratio') : null,
      serves: shareOfEach(file.tallies.serves),
      watts: spread('watts'),
      tokensPerWatt: {
        unpaired: spreadOrNothing(file, 'tokens-per-watt-unpaired'),
        paired: spreadOrNothing(file, 'tokens-per-watt-paired'),
      },
      lpxRacks: spread('lpx-racks'),
      pays: pays! / Math.max(1, pays! + not!),
    },
    serving: {
      fallenOff: rates.fallenOff,
      racksPerNvl72: spreadOfValues(rates.racksPerNvl72),
      modes: Object.fromEntries(Object.entries(rates.modes).map(([mode, times]) => [mode, times / scenario.rows])),
    },
    fan: Array.from({ length: scenario.quarters }, (_, q) => fanQuarter(quarterName(q), spread)),
    generations: [
      { name: `Blackwell (${BLACKWELL_CHIP})`, ...rowOf('older-delivered', 'older-serving', 'older-rate', spread) },
      {
        name: `Blackwell Ultra (${BLACKWELL_ULTRA_CHIP})`,
        ...rowOf('middle-delivered', 'middle-serving', 'middle-rate', spread),
      },
      { name: RUBIN_CHIP, ...rowOf('newer-delivered', 'newer-serving', 'newer-rate', spread) },
      { name: `${RUBIN_CHIP} beside LPX`, ...rowOf('newer-delivered', 'paired-serving', 'paired-newer-rate', spread) },
    ],
    decompositions: OUTCOMES.flatMap((outcome) => {
      const name = outcome === 'ratio' ? 'ratio' : `${outcome}/${quarter}`;
      const sketch = file.sketches[name] ? sketchOf(file, name) : null;
      // Where nothing serves there is no spread to take apart.
      return sketch && sketch.logMoments().n > 1 ? [decompose(file, outcome, sketch, rates.study)] : [];
    }),
    breakEvenShare: {
      spread: atMostOne(spreadOf(breakEven)),
      never: breakEven.toJSON().zeros / breakEven.total,
    },
    notes: notesOf(scenario, rates),
    sources: sourcesOf(scenario, rates),
  };
}

function shareOfEach(tally: readonly number[] = []): RolloutReport['headline']['serves'] {
  const all = tally.reduce((sum, times) => sum + times, 0);
  const share = (i: number): number => (all === 0 ? 0 : (tally[i] ?? 0) / all);
  return Object.fromEntries(SERVES.map((name, i) => [name, share(i)])) as RolloutReport['headline']['serves'];
}

function sketchOf(file: ShardFile, name: string): Sketch {
  const json = file.sketches[name];
  if (!json) throw new UserError(`the merged run holds no '${name}': it was not made by fleet rollout of this version`);
  return Sketch.from(json);
}

/** Zero throughout where no scenario had any power at all. */
function spreadOrNothing(file: ShardFile, name: string): Spread {
  if (file.sketches[name]) return spreadOf(sketchOf(file, name));
  return { p2_5: 0, p10: 0, p25: 0, p50: 0, p75: 0, p90: 0, p97_5: 0 };
}

function spreadOf(sketch: Sketch): Spread {
  const at = (p: number): number => sketch.quantile(p);
  return { p2_5: at(0.025), p10: at(0.1), p25: at(0.25), p50: at(0.5), p75: at(0.75), p90: at(0.9), p97_5: at(0.975) };
}

function spreadOfValues(values: Float64Array): Spread {
  const sorted = sortSamples([...values]);
  const at = (p: number): number => quantile(sorted, p);
  return { p2_5: at(0.025), p10: at(0.1), p25: at(0.25), p50: at(0.5), p75: at(0.75), p90: at(0.9), p97_5: at(0.975) };
}

function atMostOne(spread: Spread): Spread {
  return Object.fromEntries(
    Object.entries(spread).map(([name, value]) => [name, Math.min(1, value)]),
  ) as unknown as Spread;
}

function fanQuarter(quarter: string, spread: (name: string) => Spread): FanQuarter {
  return {
    quarter,
    delivered: spread(`delivered/${quarter}`),
    unpaired: spread(`unpaired/${quarter}`),
    paired: spread(`paired/${quarter}`),
    servedUnpaired: spread(`served-unpaired/${quarter}`),
    servedPaired: spread(`served-paired/${quarter}`),
  };
}

function rowOf(delivered: string, serving: string, rate: string, spread: (name: string) => Spread) {
  return { delivered: spread(delivered), serving: spread(serving), rate: spread(rate) };
}

/** `llama-3.1-70b fp8 1k/1k at 50 tokens/s/user`. */
function describeWorkload({ model, precision, isl, osl, 'cache-hit': hit, 'user-rate': rate }: Scenario): string {
  const length = (tokens: number): string => (tokens % 1024 === 0 ? `${tokens / 1024}k` : String(tokens));
  const cached = hit === 0 ? '' : `, ${Math.round(100 * hit)} % of prompts cached`;
  return `${model} ${precision} ${length(isl)}/${length(osl)}${cached} at ${Number(rate.toPrecision(4))} tokens/s/user`;
}

function conditionsOf(scenario: Scenario): string {
  const { isl, osl, 'cache-hit': hit, count } = scenario;
  const cached = hit === 0 ? 'no prefix cached' : `${Math.round(100 * hit)} % of every prompt in the prefix cache`;
  const counted =
    count === 'packages'
      ? 'GPUs are packages'
      : `GPUs are dies, ${packagesOf(scenario).toLocaleString('en-US')} packages`;
  return `output tokens alone, ${isl} in and ${osl} out, ${cached}, prompts on GPUs of their own, every working GPU on this one workload; ${counted}`;
}

function notesOf(scenario: Scenario, rates: Rates): string[] {
  const { share, reading, liftable } = scenario;
  const rate = scenario['user-rate'];
  const used = Math.round(100 * rates.fallenOff);
  return [
    'Capacity, not traffic: every working GPU serves this one workload at once; served is capacity x utilisation.',
    'What a GPU serves comes from the serving model calibrated on datacenter measurements (fleet validate), a Rubin from its preliminary specifications through the same model: no serving measurement of it is in the data.',
    `The GPU front has fallen off at ${rate} tokens/s/user in ${used} % of the ways the model may be wrong; elsewhere LPX takes power and lifts nothing.`,
    `Both fleets see the same luck and take the same site power: LPX racks stand in place of Rubin racks of that power, Blackwell is left as it is. LPX lifts at most ${liftable} of the Rubins' work.`,
    ...(reading === 'rubins' || share === 0
      ? []
      : ['The share is turned into a share of the Rubins once, at medians and with the mix of the whole deal.']),
    'Spares stand in for domains that are down; LPX racks are taken never to fail, which favours pairing.',
    'LPX rests on vendor statements and priors alone: no third party has measured it beside an NVL72.',
    'Software gains are drawn from the date of the measured runs on, the same for every generation.',
    'Quantiles are exact to 1 %; failures of domains are exact binomials, to 2^-32 of probability.',
  ];
}
