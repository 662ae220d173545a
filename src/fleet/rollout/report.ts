// A rollout's answer from its merged counts: fan by quarter, generations, what the spread comes from, and the share at
// which pairing breaks even. Plain data, ready for JSON; knows no formatting.
import { UserError } from '../../core/errors.ts';
import { FACTORS, type Factor } from '../../core/rollout.ts';
import { type Constant, findModel } from '../catalogue.ts';
import type { Basis } from '../figure.ts';
import { describeWorkload } from '../front.ts';
import { FACTOR_WORDS, PRIOR_SETTINGS } from './factors.ts';
import { findPrior } from './priors.ts';
import { ROLLOUT_SETTINGS, type RolloutScenario, readScenario, scenarioToQuery } from './scenario.ts';
import type { ShardFile } from './shard-file.ts';
import { LOG_BUCKET, Sketch } from './sketch.ts';
import { BINS, HEADLINE, OUTCOMES, type Outcome, quarterName } from './tally.ts';

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

export interface FactorPart {
  readonly factor: Factor;
  readonly what: string;
  /** First-order share of the variance of the outcome's logarithm. */
  readonly share: number;
  /** Geometric mean of the outcome where the factor is in its lowest and its highest tenth. */
  readonly low: number;
  readonly high: number;
}

export interface Decomposition {
  readonly outcome: Outcome;
  /** Geometric mean over all scenarios. */
  readonly middle: number;
  /** Largest share first. */
  readonly parts: readonly FactorPart[];
  /** What no single factor explains: sites' own luck, failures, and factors acting together. */
  readonly rest: number;
}

export interface RolloutReport {
  readonly schema: 'fleetmark.rollout-report';
  readonly schemaVersion: 1;
  readonly scenario: RolloutScenario;
  /** The scenario as URL parameters. */
  readonly query: string;
  readonly workload: string;
  readonly conditions: string;
  readonly headline: {
    readonly quarter: string;
    readonly unpaired: Spread;
    readonly paired: Spread;
    readonly ratio: Spread;
    readonly watts: Spread;
    readonly tokensPerWatt: { readonly unpaired: Spread; readonly paired: Spread };
    readonly lpxRacks: Spread;
    /** Share of scenarios in which pairing gains at equal site power. */
    readonly pays: number;
  };
  readonly fan: readonly FanQuarter[];
  readonly generations: readonly GenerationRow[];
  readonly decompositions: readonly Decomposition[];
  readonly breakEvenShare: { readonly spread: Spread; readonly never: number };
  readonly notes: readonly string[];
  readonly sources: readonly (Pick<
    Constant,
    'id' | 'what' | 'value' | 'lo' | 'hi' | 'unit' | 'source' | 'date' | 'note'
  > & {
    readonly basis: Basis;
  })[];
}

/** From the file of a whole run; a UserError where parts are missing. */
export function buildRolloutReport(file: ShardFile): RolloutReport {
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
    workload: `${describeWorkload({ ...scenario, precision: scenario.precision === 'fp4' ? 'fp4' : 'fp8' })} at ${scenario['user-rate']} tokens/s/user`,
    conditions: `output tokens, ${scenario.isl} in and ${scenario.osl} out, no prefix cached, GPU packages, every working GPU on this one workload`,
    headline: {
      quarter,
      unpaired: spread(`unpaired/${quarter}`),
      paired: spread(`paired/${quarter}`),
      ratio: spread('ratio'),
      watts: spread('watts'),
      tokensPerWatt: { unpaired: spread('tokens-per-watt-unpaired'), paired: spread('tokens-per-watt-paired') },
      lpxRacks: spread('lpx-racks'),
      pays: pays! / (pays! + not!),
    },
    fan: Array.from({ length: scenario.quarters }, (_, q) => fanQuarter(quarterName(q), spread)),
    generations: [
      { name: scenario.older, ...rowOf('older-delivered', 'older-serving', 'older-rate', spread) },
      { name: scenario.newer, ...rowOf('newer-delivered', 'newer-serving', 'newer-rate', spread) },
      {
        name: `${scenario.newer} beside LPX`,
        ...rowOf('newer-delivered', 'paired-serving', 'paired-newer-rate', spread),
      },
    ],
    decompositions: OUTCOMES.map((outcome) =>
      decompose(file, outcome, sketchOf(file, outcome === 'ratio' ? 'ratio' : `${outcome}/${quarter}`)),
    ),
    breakEvenShare: {
      spread: atMostOne(spreadOf(breakEven)),
      never: breakEven.toJSON().zeros / breakEven.total,
    },
    notes: notesOf(scenario),
    sources: sourcesOf(scenario),
  };
}

function sketchOf(file: ShardFile, name: string): Sketch {
  const json = file.sketches[name];
  if (!json) throw new UserError(`the merged run holds no '${name}': it was not made by fleet rollout of this version`);
  return Sketch.from(json);
}

function spreadOf(sketch: Sketch): Spread {
  const at = (p: number): number => sketch.quantile(p);
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

/**
 * First-order shares Var(E[ln Y | factor]) / Var(ln Y) from BINS equally likely bins of each factor, less what bins of
 * pure chance would show, (BINS − 1)/n of the variance (correlation ratio with Fisher's ε² correction, Kelley 1935).
 */
function decompose(file: ShardFile, outcome: Outcome, sketch: Sketch): Decomposition {
  const { n, mean, variance } = sketch.logMoments();
  const value = (bucket: number): number => Math.exp((bucket - 0.5) * LOG_BUCKET);
  const parts = FACTORS.map((factor): FactorPart => {
    const tally = file.tallies[`${outcome}/${factor}`] ?? [];
    const between = Array.from({ length: BINS }, (_, bin) => {
      const times = tally[bin] ?? 0;
      return times === 0 ? 0 : times * ((tally[BINS + bin] ?? 0) / times - mean) ** 2;
    }).reduce((a, b) => a + b, 0);
    const chance = ((BINS - 1) / (n - 1)) * variance;
    const share = variance === 0 ? 0 : Math.max(0, (between / n - chance) / variance);
    const tenth = BINS / 10;
    const meanOf = (from: number): number => {
      const bins = Array.from({ length: tenth }, (_, i) => from + i);
      const times = bins.reduce((sum, bin) => sum + (tally[bin] ?? 0), 0);
      return bins.reduce((sum, bin) => sum + (tally[BINS + bin] ?? 0), 0) / Math.max(1, times);
    };
    return {
      factor,
      what: FACTOR_WORDS[factor].what,
      share,
      low: value(meanOf(0)),
      high: value(meanOf(BINS - tenth)),
    };
  });
  parts.sort((a, b) => b.share - a.share);
  const explained = parts.reduce((sum, part) => sum + part.share, 0);
  return { outcome, middle: value(mean), parts, rest: Math.max(0, 1 - explained) };
}

function notesOf(scenario: RolloutScenario): string[] {
  return [
    'Deliveries, power, failures, spares, network and software are drawn here; the headline of `fleet` takes the GPUs as delivered and draws none of them, so the two differ.',
    'Both fleets see the same luck and take the same site power: LPX racks stand in place of Rubin racks of that power, Blackwell is left as it is.',
    `LPX lifts at most ${scenario.liftable} of the Rubins' work, and only by what the GPU front has lost at ${scenario['user-rate']} tokens/s/user.`,
    'Spares stand in for domains that are down; LPX racks are taken never to fail, which favours pairing.',
    'LPX gain, power and racks per NVL72 rest on vendor statements and priors: no third party has measured LPX beside NVL72.',
    'Quantiles are exact to 1 %; failures of domains are exact binomials, to 2^-32 of probability.',
  ];
}

/** Every prior that enters, as the scenario sets it. */
function sourcesOf(scenario: RolloutScenario): RolloutReport['sources'] {
  const { transfer, experts } = findModel(scenario.model);
  const drift = experts ? 'rollout/drift-moe' : 'rollout/drift-dense';
  const fixed = ['rollout/liftable-share', 'rollout/sites', 'rollout/domain-b200', 'nvl72/gpus', 'lpx/rack-sram-gb'];
  const ids = [...FACTORS.flatMap((factor) => FACTOR_WORDS[factor].priors), transfer, ...fixed].filter(
    (id) => !id.startsWith('rollout/drift-') || id === drift || id === 'rollout/drift-quarters',
  );
  return [...new Set(ids)].map((id) => {
    const { what, value, lo, hi, unit, source, date, note, basis } = findPrior(id);
    const setting = PRIOR_SETTINGS[id];
    const given = setting === undefined ? null : scenario[setting];
    if (setting === undefined || typeof given !== 'number' || given === value) {
      return { id, what, value, lo, hi, unit, source, date, note, basis };
    }
    const { help } = ROLLOUT_SETTINGS[setting];
    const exact = { value: given, lo: given, hi: given, basis: 'given' } as const;
    return { id, what: help, ...exact, unit, source: `given by the user as ${setting}`, date: '', note: '' };
  });
}
