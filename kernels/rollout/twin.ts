// The CPU twin of rollout.wgsl: the same scenarios drawn by the same arithmetic, step by step under the same names. Every
// whole number is equal to the shader's; rates are computed in f64 and rounded at the end. Knows no scenario file.
import { mulHi, philox, type Words } from '../../src/core/philox.ts';
import {
  FACTORS,
  LEVELS,
  QUARTER,
  RATES,
  RAMP_BEFORE,
  type RolloutEngine,
  type RolloutInputs,
  type RolloutOutputs,
  STATES,
} from '../../src/core/rollout.ts';
import { DIGITS, directoryIndex, PLACES } from './binomial.ts';
import { HEADER_NAMES, type PackedRollout, packRollout } from './layout.ts';

/** Which kind of draw a counter's last word stands for. */
export const STREAM = { factors: 0, site: 1, domains: 2 } as const;
/** Second word of every key, so that no other use of Philox with the same seed meets these draws. */
export const KEY = 0x726f6c6c;

export const cpuTwin: RolloutEngine = {
  name: 'CPU twin, one thread',
  run: async (inputs, first, count) => drawOnCpu(packRollout(inputs), first, count),
};

/** The z of every factor of one scenario, in 1/4096, in the order of FACTORS. */
export function drawFactors(packed: PackedRollout, scenario: number): Int32Array {
  const words: Words = [0, 0, 0, 0];
  const z = new Int32Array(4 * packed.factorCalls);
  for (let call = 0; call < packed.factorCalls; call++) {
    philox(words, scenario, call, 0, STREAM.factors, packed.ints[HEADER_NAMES.indexOf('seed')]!, KEY);
    for (let i = 0; i < 4; i++) z[4 * call + i] = normalOf(packed, words[i]!);
  }
  return z;
}

/** Straight inside each of 4096 cells of equal probability. */
function normalOf({ ints, at }: PackedRollout, word: number): number {
  const cell = at.NORMAL! + (word >>> 20);
  const [lo, hi] = [ints[cell]! | 0, ints[cell + 1]! | 0];
  return lo + (((hi - lo) * ((word >>> 8) & 0xfff)) >> 12);
}

class Scenario {
  readonly #packed: PackedRollout;
  readonly #ints: Uint32Array;
  readonly #header: Readonly<Record<(typeof HEADER_NAMES)[number], number>>;
  readonly #words: Words = [0, 0, 0, 0];
  #scenario = 0;

  constructor(packed: PackedRollout) {
    this.#packed = packed;
    this.#ints = packed.ints;
    this.#header = Object.fromEntries(HEADER_NAMES.map((name, i) => [name, packed.ints[i]!])) as typeof this.#header;
  }

  draw(scenario: number, states: Float32Array, rates: Float32Array): void {
    this.#scenario = scenario;
    const z = drawFactors(this.#packed, scenario);
    for (let site = 0; site < this.#packed.sites; site++) this.#drawSite(site, z, states, rates);
  }

  #drawSite(site: number, z: Int32Array, states: Float32Array, rates: Float32Array): void {
    const { at, quarters } = this.#packed;
    const h = this.#header;
    const factor = (name: (typeof FACTORS)[number]): number => z[FACTORS.indexOf(name)]!;
    this.#philox(site, 0, STREAM.site);
    const zSlip = this.#correlated(factor('slip'), normalOf(this.#packed, this.#words[0]));
    const zPower = this.#correlated(factor('site-power'), normalOf(this.#packed, this.#words[1]));
    const spectrum = this.#words[2] >>> 16 < this.#atZ('NETWORK', factor('network'));
    const slipped = Number(zSlip >= (h.slip1 | 0)) + Number(zSlip >= (h.slip2 | 0)) + Number(zSlip >= (h.slip3 | 0));
    const share = this.#ints[at.SITE_SHARES! + site]!;
    const gpus = scaled(scaled(h.gpus, this.#atZ('TOTAL', factor('total'))), share);
    const localPower = this.#atZ('LOCAL_POWER', zPower);
    const power = {
      older: this.#atZ('OLDER_POWER', factor('older-power')),
      newer: this.#atZ('NEWER_POWER', factor('newer-power')),
      lpx: this.#atZ('LPX_POWER', factor('lpx-power')),
      sites: this.#atZ('SITE_POWER', factor('site-power')),
    };
    const level = Math.min(LEVELS - 1, (factor('failures') + 16384) >> 10);
    const spare = this.#atZ('SPARE', factor('spare'));
    const midpoint = this.#atZ('MIDPOINT', factor('midpoint'));
    const pace = this.#atZ('LPX_PACE', factor('lpx-pace'));
    const racks = this.#atZ('LPX_RACKS', factor('lpx-racks'));
    const [mix1, mix2] = [this.#atZ('MIX_1', factor('mix')), this.#atZ('MIX_2', factor('mix'))];

    const rate = this.#floatAtZ('RATE', factor('rate'));
    const transfer = this.#floatAtZ('TRANSFER', factor('transfer'));
    const lift = this.#floatAtZ('LIFT', factor('lift'));
    const drift = this.#floatAtZ('DRIFT', factor('drift'));
    const network = this.#floatAtZ(spectrum ? 'SPECTRUM' : 'EFA', factor('network-loss'));

    let [before, older, newer] = [0, 0, 0];
    for (let q = 0; q < quarters; q++) {
      const time = (q + 1) * QUARTER - slipped * QUARTER - midpoint;
      const delivered = scaled(gpus, this.#atTime('RAMP', time));
      const row = this.#ints[at.MIX_ROW! + q]!;
      const arrived = scaled(delivered - before, row === 0 ? 0 : row === 1 ? mix1 : mix2);
      older += delivered - before - arrived;
      newer += arrived;
      before = delivered;

      const planned = scaled(this.#ints[at.PLANNED_POWER! + q]!, share);
      const cap = scaled(scaled(planned, power.sites), localPower);
      const olderPowered = Math.min(Math.floor(older / h.olderDomain), Math.floor(cap / power.older));
      const rest = cap - olderPowered * power.older;
      const newerPowered = Math.min(Math.floor(newer / h.newerDomain), Math.floor(rest / power.newer));

      let attached = scaled(h.attached, this.#atTime('LPX_RAMP', (q + 1) * QUARTER - pace));
      const racksEach = scaled(attached, racks);
      let paired = Math.floor((newerPowered * power.newer) / (power.newer + scaled(power.lpx, racksEach)));
      let lpxRacks = scaled(paired, racksEach);
      if (lpxRacks < h.leastRacks || lpxRacks === 0) [attached, paired, lpxRacks] = [0, newerPowered, 0];

      this.#philox(site * quarters + q, 0, STREAM.domains);
      const olderServing = this.#serving(olderPowered, spare, 0, level);
      this.#philox(site * quarters + q, 1, STREAM.domains);
      const newerServing = this.#serving(newerPowered, spare, 1, level);
      const pairedServing = this.#serving(paired, spare, 1, level);

      const each = rate * network * Math.exp(drift * this.#packed.floats[at.DRIFT_REACHED! + q]!);
      const gain = 1 + (Math.min(attached, h.liftable) / 65536) * (lift - 1);
      const s = q * STATES.length;
      states[s] = states[s]! + older;
      states[s + 1] = states[s + 1]! + newer;
      states[s + 2] = states[s + 2]! + olderPowered;
      states[s + 3] = states[s + 3]! + newerPowered;
      states[s + 4] = states[s + 4]! + olderServing;
      states[s + 5] = states[s + 5]! + newerServing;
      states[s + 6] = states[s + 6]! + pairedServing;
      states[s + 7] = states[s + 7]! + lpxRacks;
      states[s + 8] = states[s + 8]! + slipped;
      states[s + 9] = states[s + 9]! + Number(spectrum);
      const r = q * RATES.length;
      rates[r] = rates[r]! + olderServing * each;
      rates[r + 1] = rates[r + 1]! + newerServing * each * transfer;
      rates[r + 2] = rates[r + 2]! + pairedServing * each * transfer * gain;
    }
  }

  /** Domains that serve: those neither kept as spares nor down; spares stand in for the ones that are down. */
  #serving(domains: number, spare: number, generation: number, level: number): number {
    let down = 0;
    for (let place = 0; place < PLACES; place++) {
      const digit = (domains >>> (4 * place)) & (DIGITS - 1);
      if (digit !== 0) down += this.#binomial(directoryIndex(generation, level, place, digit), this.#words[place]!);
    }
    return Math.min(domains - scaled(domains, spare), domains - down);
  }

  /** One word picks a column by its high part and decides between column and alias by its low part. */
  #binomial(index: number, word: number): number {
    const { ints, columns, at } = this.#packed;
    const start = ints[at.DIRECTORY! + 2 * index]!;
    const size = ints[at.DIRECTORY! + 2 * index + 1]!;
    const column = mulHi(word, size & 0xffff);
    const fraction = Math.imul(word, size & 0xffff) >>> 0;
    const entry = 2 * (start + column);
    return (size >>> 16) + (fraction < columns[entry]! ? column : columns[entry + 1]!);
  }

  #correlated(shared: number, own: number): number {
    const z = (this.#header.shared * shared + this.#header.own * own) >> 12;
    return Math.max(-16384, Math.min(16384, z));
  }

  #philox(item: number, sub: number, stream: number): void {
    philox(this.#words, this.#scenario, item, sub, stream, this.#header.seed, KEY);
  }

  #atZ(table: string, z: number): number {
    const u = z + 16384;
    const cell = Math.min(u >> 9, 63);
    const i = this.#packed.at[table]! + cell;
    const [lo, hi] = [this.#ints[i]! | 0, this.#ints[i + 1]! | 0];
    return lo + (((hi - lo) * (u - (cell << 9))) >> 9);
  }

  #floatAtZ(table: string, z: number): number {
    const u = z + 16384;
    const cell = Math.min(u >> 9, 63);
    const { floats, at } = this.#packed;
    const [lo, hi] = [floats[at[table]! + cell]!, floats[at[table]! + cell + 1]!];
    return lo + (hi - lo) * ((u - (cell << 9)) / 512);
  }

  #atTime(table: string, time: number): number {
    const u = Math.max(0, Math.min(8192, time + RAMP_BEFORE * QUARTER));
    const cell = Math.min(u >> 5, 255);
    const i = this.#packed.at[table]! + cell;
    const [lo, hi] = [this.#ints[i]! | 0, this.#ints[i + 1]! | 0];
    return lo + (((hi - lo) * (u - (cell << 5))) >> 5);
  }
}

/** ⌊a·b / 2^16⌋; exact, since a·b stays below 2^53. */
function scaled(a: number, b: number): number {
  return Math.floor((a * b) / 65536);
}

export function drawOnCpu(packed: PackedRollout, first: number, count: number): RolloutOutputs {
  const stateStride = packed.quarters * STATES.length;
  const rateStride = packed.quarters * RATES.length;
  const states = new Float32Array(count * stateStride);
  const rates = new Float32Array(count * rateStride);
  const scenario = new Scenario(packed);
  const sums = new Float64Array(rateStride);
  for (let i = 0; i < count; i++) {
    sums.fill(0);
    scenario.draw(first + i, states.subarray(i * stateStride, (i + 1) * stateStride), sums as unknown as Float32Array);
    rates.set(sums, i * rateStride);
  }
  return { states, rates };
}
