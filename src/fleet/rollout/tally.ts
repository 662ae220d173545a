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
import { drawAt } from '../draws.ts';
import { COMPLETE_AT } from './inputs.ts';
import { priorOr } from './priors.ts';
import type { RolloutScenario } from './scenario.ts';
import type { ShardFile } from './shard-file.ts';
import { bucketOf, Sketch } from './sketch.ts';

/** Equally likely bins of a factor, by which its part of the spread is told. */
export const BINS = 20;
const BIN_EDGES = Array.from({ length: BINS - 1 }, (_, i) => normalQuantile((i + 1) / BINS) * Z_ONE);

/** Outcomes whose spread is taken apart by factor, at the end of the headline quarter. */
export const OUTCOMES = ['unpaired', 'paired', 'ratio'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The quarter by whose end the deal is to be complete. */
export const HEADLINE = COMPLETE_AT - 1;

/** `Q4 2027` of the quarter so many after Q1 2026. */
export function quarterName(q: number): string {
  return `Q${(q % 4) + 1} ${2026 + Math.floor(q / 4)}`;
}

const at = Object.fromEntries(STATES.map((name, i) => [name, i])) as Record<(typeof STATES)[number], number>;
const rateAt = Object.fromEntries(RATES.map((name, i) => [name, i])) as Record<(typeof RATES)[number], number>;
const factorAt = Object.fromEntries(FACTORS.map((name, i) => [name, i])) as Record<Factor, number>;
const WATTS_PER_UNIT = 100;
const Q16 = 65536;

export class RolloutTally {
  readonly #scenario: RolloutScenario;
  readonly inputs: RolloutInputs;
  readonly #sketches = new Map<string, Sketch>();
  readonly #tallies = new Map<string, number[]>();
  readonly #names: readonly string[];

  constructor(scenario: RolloutScenario, inputs: RolloutInputs) {
    this.#scenario = scenario;
    this.inputs = inputs;
    this.#names = Array.from({ length: inputs.quarters }, (_, q) => quarterName(q));
  }

  /** Adds every scenario of one call of the engine. */
  add({ factors, states, rates }: RolloutOutputs): void {
    const { quarters } = this.inputs;
    const count = factors.length / FACTORS.length;
    for (let i = 0; i < count; i++) {
      const z = factors.subarray(i * FACTORS.length, (i + 1) * FACTORS.length);
      const used = this.#utilisation(z);
      for (let q = 0; q < quarters; q++) {
        const s = (i * quarters + q) * STATES.length;
        const r = (i * quarters + q) * RATES.length;
        const older = rates[r + rateAt.older]!;
        const unpaired = older + rates[r + rateAt.newer]!;
        const paired = older + rates[r + rateAt['paired-newer']]!;
        const name = this.#names[q]!;
        this.#sketch(`unpaired/${name}`).add(unpaired);
        this.#sketch(`paired/${name}`).add(paired);
        this.#sketch(`served-unpaired/${name}`).add(unpaired * used);
        this.#sketch(`served-paired/${name}`).add(paired * used);
        this.#sketch(`delivered/${name}`).add(states[s + at['older-delivered']]! + states[s + at['newer-delivered']]!);
        if (q === HEADLINE)
          this.#addHeadline(z, states.subarray(s, s + STATES.length), rates.subarray(r, r + RATES.length));
      }
    }
  }

  #addHeadline(z: Int32Array, state: Float32Array, rate: Float32Array): void {
    const { olderDomain, newerDomain } = this.inputs;
    const [older, newer, pairedNewer] = [rate[0]!, rate[1]!, rate[2]!];
    const [unpaired, paired] = [older + newer, older + pairedNewer];
    const watts = this.#watts(z, state);
    const values: Readonly<Record<string, number>> = {
      'older-delivered': state[at['older-delivered']]!,
      'newer-delivered': state[at['newer-delivered']]!,
      'older-serving': state[at['older-serving']]! * olderDomain,
      'newer-serving': state[at['newer-serving']]! * newerDomain,
      'paired-serving': state[at['paired-serving']]! * newerDomain,
      'lpx-racks': state[at['lpx-racks']]!,
      'older-rate': older,
      'newer-rate': newer,
      'paired-newer-rate': pairedNewer,
      watts,
      'break-even-share': this.#breakEvenShare(z),
    };
    for (const [name, value] of Object.entries(values)) this.#sketch(name).add(value);
    if (unpaired === 0) return;
    this.#sketch('ratio').add(paired / unpaired);
    this.#sketch('tokens-per-watt-unpaired').add(unpaired / watts);
    this.#sketch('tokens-per-watt-paired').add(paired / watts);
    this.#tally('pays', 2, paired > unpaired ? 0 : 1, 1);
    const outcomes: Readonly<Record<Outcome, number>> = { unpaired, paired, ratio: paired / unpaired };
    for (const outcome of OUTCOMES) this.#addByFactor(outcome, bucketOf(outcomes[outcome]), z);
  }

  /** By factor and bin: how many scenarios, and the sum of their bucket numbers. */
  #addByFactor(outcome: Outcome, bucket: number, z: Int32Array): void {
    FACTORS.forEach((factor, f) => {
      let bin = 0;
      while (bin < BINS - 1 && z[f]! >= BIN_EDGES[bin]!) bin++;
      this.#tally(`${outcome}/${factor}`, 2 * BINS, bin, 1);
      this.#tally(`${outcome}/${factor}`, 2 * BINS, BINS + bin, bucket);
    });
  }

  /** Site power of what runs, which is the same with LPX and without. */
  #watts(z: Int32Array, state: Float32Array): number {
    const { olderPower, newerPower } = this.inputs.tables;
    const older = state[at['older-powered']]! * tableAt(olderPower, z[factorAt['older-power']]!);
    return WATTS_PER_UNIT * (older + state[at['newer-powered']]! * tableAt(newerPower, z[factorAt['newer-power']]!));
  }

  /**
   * The largest share attached at which the paired fleet is no slower in the same power. With lift L, liftable share f and
   * r = LPX power over a domain's power, paired/unpaired is (1 + min(s, f)(L − 1)) / (1 + s·r): 1 at s = 0, above it up to
   * s = f(L − 1)/r where L − 1 > r (beyond 1: all Rubins), and below it everywhere otherwise (0).
   */
  #breakEvenShare(z: Int32Array): number {
    const { tables, liftable } = this.inputs;
    const gain = tableAt(tables.lift, z[factorAt.lift]!) - 1;
    const racks = tableAt(tables.lpxRacks, z[factorAt['lpx-racks']]!) / Q16;
    const lpx = racks * tableAt(tables.lpxPower, z[factorAt['lpx-power']]!);
    const cost = lpx / tableAt(tables.newerPower, z[factorAt['newer-power']]!);
    return gain > cost ? ((liftable / Q16) * gain) / cost : 0;
  }

  #utilisation(z: Int32Array): number {
    return drawAt(priorOr('fleet/utilisation', this.#scenario.utilisation), z[factorAt.utilisation]! / Z_ONE);
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
      tallies: Object.fromEntries(this.#tallies),
    };
  }
}

/** A table over z, straight between its knots. */
function tableAt(table: ArrayLike<number>, z: number): number {
  const place = (z / Z_ONE + 4) * 8;
  const cell = Math.min(Math.floor(place), table.length - 2);
  return table[cell]! + (table[cell + 1]! - table[cell]!) * (place - cell);
}
