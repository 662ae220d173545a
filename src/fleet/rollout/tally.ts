// Adds scenarios up into sketches and whole-number tallies, so that parts of a run merge to exactly the whole. Knows what
// the Monte Carlo's outputs mean, nothing of what is reported.
import { normalQuantile } from '../../core/normal.ts';
import {
  FACTORS,
  type Factor,
  RATES,
  type RolloutInputs,
  type RolloutOutputs,
  STATES,
  Z_ONE,
} from '../../core/rollout.ts';
import { type Constant, constantOr } from '../catalogue.ts';
import { drawAt } from '../draws.ts';
import type { Scenario } from '../scenario.ts';
import { COMPLETE_AT } from './inputs.ts';
import type { ShardFile } from './shard-file.ts';
import { bucketOf, Sketch } from './sketch.ts';

/** Equally likely bins of a factor, by which its part of the spread is told; the serving rows are bins of their own. */
export const BINS = 20;
const BIN_EDGES = Array.from({ length: BINS - 1 }, (_, i) => normalQuantile((i + 1) / BINS) * Z_ONE);

/** Outcomes whose spread is taken apart by factor, at the end of the headline quarter. */
export const OUTCOMES = ['unpaired', 'paired', 'ratio'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Which of the two fleets serve anything at all, in the order of their tally. */
export const SERVES = ['both', 'onlyPaired', 'onlyAlone', 'neither'] as const;

/** The quarter by whose end the deal is to be complete. */
export const HEADLINE = COMPLETE_AT - 1;

/** `Q4 2027` of the quarter so many after Q1 2026. */
export function quarterName(q: number): string {
  return `Q${(q % 4) + 1} ${2026 + Math.floor(q / 4)}`;
}

interface QuarterSketches {
  readonly unpaired: Sketch;
  readonly paired: Sketch;
  readonly servedUnpaired: Sketch;
  readonly servedPaired: Sketch;
  readonly delivered: Sketch;
}

interface FactorTally {
  readonly outcome: Outcome;
  readonly factor: Factor;
  readonly bins: number;
  /** Scenarios by bin, then the sums of their bucket numbers. */
  readonly counts: Float64Array;
}

const at = Object.fromEntries(STATES.map((name, i) => [name, i])) as Record<(typeof STATES)[number], number>;
const rateAt = Object.fromEntries(RATES.map((name, i) => [name, i])) as Record<(typeof RATES)[number], number>;
const factorAt = Object.fromEntries(FACTORS.map((name, i) => [name, i])) as Record<Factor, number>;
const WATTS_PER_UNIT = 100;
const Q16 = 65536;

export class RolloutTally {
  readonly #scenario: Scenario;
  readonly #inputs: RolloutInputs;
  readonly #utilisation: Constant;
  readonly #sketches = new Map<string, Sketch>();
  readonly #tallies = new Map<string, number[]>();
  readonly #quarters: readonly QuarterSketches[];
  readonly #factors: readonly FactorTally[];

  constructor(scenario: Scenario, inputs: RolloutInputs) {
    this.#scenario = scenario;
    this.#inputs = inputs;
    this.#utilisation = constantOr('fleet/utilisation', scenario.utilisation);
    this.#quarters = Array.from({ length: inputs.quarters }, (_, q) => {
      const of = (name: string): Sketch => this.#sketch(`${name}/${quarterName(q)}`);
      return {
        unpaired: of('unpaired'),
        paired: of('paired'),
        servedUnpaired: of('served-unpaired'),
        servedPaired: of('served-paired'),
        delivered: of('delivered'),
      };
    });
    const rows = inputs.serving.racks.length;
    this.#factors = OUTCOMES.flatMap((outcome) =>
      FACTORS.map((factor) => {
        const bins = factor === 'serving' ? rows : BINS;
        return { outcome, factor, bins, counts: new Float64Array(2 * bins) };
      }),
    );
  }

  /** Adds every scenario of one call of the engine. */
  add({ factors, states, rates }: RolloutOutputs): void {
    const { quarters } = this.#inputs;
    const count = factors.length / FACTORS.length;
    for (let i = 0; i < count; i++) {
      const z = factors.subarray(i * FACTORS.length, (i + 1) * FACTORS.length);
      const used = drawAt(this.#utilisation, z[factorAt.utilisation]! / Z_ONE);
      for (let q = 0; q < quarters; q++) {
        const s = (i * quarters + q) * STATES.length;
        const r = (i * quarters + q) * RATES.length;
        const older = rates[r + rateAt.older]! + rates[r + rateAt.middle]!;
        const unpaired = older + rates[r + rateAt.newer]!;
        const paired = older + rates[r + rateAt['paired-newer']]!;
        const sketches = this.#quarters[q]!;
        sketches.unpaired.add(unpaired);
        sketches.paired.add(paired);
        sketches.servedUnpaired.add(unpaired * used);
        sketches.servedPaired.add(paired * used);
        sketches.delivered.add(
          states[s + at['older-delivered']]! + states[s + at['middle-delivered']]! + states[s + at['newer-delivered']]!,
        );
        if (q === HEADLINE)
          this.#addHeadline(z, states.subarray(s, s + STATES.length), rates.subarray(r, r + RATES.length));
      }
    }
  }

  #addHeadline(z: Int32Array, state: Float32Array, rate: Float32Array): void {
    const { olderDomain, newerDomain } = this.#inputs;
    const [older, middle, newer, pairedNewer] = [rate[0]!, rate[1]!, rate[2]!, rate[3]!];
    const [unpaired, paired] = [older + middle + newer, older + middle + pairedNewer];
    const watts = this.#watts(z, state);
    const values: Readonly<Record<string, number>> = {
      'older-delivered': state[at['older-delivered']]!,
      'middle-delivered': state[at['middle-delivered']]!,
      'newer-delivered': state[at['newer-delivered']]!,
      'older-serving': state[at['older-serving']]! * olderDomain,
      'middle-serving': state[at['middle-serving']]! * olderDomain,
      'newer-serving': state[at['newer-serving']]! * newerDomain,
      'paired-serving': state[at['paired-serving']]! * newerDomain,
      'lpx-racks': state[at['lpx-racks']]!,
      'older-rate': older,
      'middle-rate': middle,
      'newer-rate': newer,
      'paired-newer-rate': pairedNewer,
      watts,
      'break-even-share': this.#breakEvenShare(z),
    };
    for (const [name, value] of Object.entries(values)) this.#sketch(name).add(value);
    if (watts > 0) {
      this.#sketch('tokens-per-watt-unpaired').add(unpaired / watts);
      this.#sketch('tokens-per-watt-paired').add(paired / watts);
      this.#tally('pays', 2, paired > unpaired ? 0 : 1, 1);
    }
    this.#tally('serves', SERVES.length, SERVES.indexOf(servingOf(unpaired, paired)), 1);
    // Where either fleet serves nothing there is no ratio, or no logarithm of it.
    if (unpaired === 0 || paired === 0) return;
    this.#sketch('ratio').add(paired / unpaired);
    this.#addByFactor([bucketOf(unpaired), bucketOf(paired), bucketOf(paired / unpaired)], z);
  }

  /** By outcome in the order of OUTCOMES, factor and bin: how many scenarios, and the sum of their bucket numbers. */
  #addByFactor(buckets: readonly number[], z: Int32Array): void {
    for (let f = 0; f < FACTORS.length; f++) {
      const bin = f === factorAt.serving ? z[f]! : binOf(z[f]!);
      for (let o = 0; o < buckets.length; o++) {
        const { bins, counts } = this.#factors[o * FACTORS.length + f]!;
        counts[bin]! += 1;
        counts[bins + bin]! += buckets[o]!;
      }
    }
  }

  /** Site power of what runs, which is the same with LPX and without. */
  #watts(z: Int32Array, state: Float32Array): number {
    const { olderPower, middlePower, newerPower } = this.#inputs.tables;
    const zOlder = z[factorAt['older-power']]!;
    const older = state[at['older-powered']]! * tableAt(olderPower, zOlder);
    const middle = state[at['middle-powered']]! * tableAt(middlePower, zOlder);
    return (
      WATTS_PER_UNIT * (older + middle + state[at['newer-powered']]! * tableAt(newerPower, z[factorAt['newer-power']]!))
    );
  }

  /**
   * The largest share attached at which the paired fleet is no slower in the same power. With lift L, liftable share f and
   * r = LPX power over a domain's power, paired/unpaired is (1 + min(s, f)(L − 1)) / (1 + s·r): 1 at s = 0, above it up to
   * s = f(L − 1)/r where L − 1 > r (beyond 1: all Rubins), and below it everywhere otherwise (0).
   */
  #breakEvenShare(z: Int32Array): number {
    const { tables, liftable, serving } = this.#inputs;
    const row = z[factorAt.serving]!;
    const alone = serving.newer[row]!;
    // GPUs alone serve nothing: any share gains where LPX serves at all.
    if (alone === 0) return serving.attached[row]! > 0 ? 1 : 0;
    const gain = serving.attached[row]! / alone - 1;
    const racks = serving.racks[row]! / Q16;
    const lpx = racks * tableAt(tables.lpxPower, z[factorAt['lpx-power']]!);
    const cost = lpx / tableAt(tables.newerPower, z[factorAt['newer-power']]!);
    return gain > cost ? ((liftable / Q16) * gain) / cost : 0;
  }

  #sketch(name: string): Sketch {
    let sketch = this.#sketches.get(name);
    if (!sketch) {
      sketch = new Sketch();
      this.#sketches.set(name, sketch);
    }
    return sketch;
  }

  #tally(name: string, length: number, index: number, add: number): void {
    let tally = this.#tallies.get(name);
    if (!tally) {
      tally = new Array<number>(length).fill(0);
      this.#tallies.set(name, tally);
    }
    tally[index]! += add;
  }

  toShardFile(of: number, parts: number[]): ShardFile {
    const { seed, ...inputs } = this.#scenario;
    return {
      schema: 'fleetmark.fleet-shard',
      schemaVersion: 1,
      kind: 'rollout',
      inputs,
      seed,
      of,
      parts,
      sketches: Object.fromEntries([...this.#sketches].map(([name, sketch]) => [name, sketch.toJSON()])),
      tallies: {
        ...Object.fromEntries(this.#tallies),
        ...Object.fromEntries(this.#factors.map((of) => [`${of.outcome}/${of.factor}`, [...of.counts]])),
      },
    };
  }
}

function binOf(z: number): number {
  let bin = 0;
  while (bin < BINS - 1 && z >= BIN_EDGES[bin]!) bin++;
  return bin;
}

/** A table over z, straight between its knots. */
function tableAt(table: ArrayLike<number>, z: number): number {
  const place = (z / Z_ONE + 4) * 8;
  const cell = Math.min(Math.floor(place), table.length - 2);
  return table[cell]! + (table[cell + 1]! - table[cell]!) * (place - cell);
}

function servingOf(unpaired: number, paired: number): (typeof SERVES)[number] {
  if (unpaired > 0) return paired > 0 ? 'both' : 'onlyAlone';
  return paired > 0 ? 'onlyPaired' : 'neither';
}
