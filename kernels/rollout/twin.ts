// The CPU twin of rollout.wgsl: the same scenarios drawn by the same arithmetic, step by step under the same names. Every
// whole number is equal to the shader's; rates are computed in f64 and rounded at the end. Knows no scenario file.
import { mulHi, philox, type Words } from '../../src/core/philox.ts';
import {
  FACTORS,
  type Factor,
  LEVELS,
  QUARTER,
  RAMP_BEFORE,
  RATES,
  type RolloutEngine,
  type RolloutInputs,
  type RolloutOutputs,
  STATES,
} from '../../src/core/rollout.ts';
import { DIGITS, directoryIndex, PLACES } from './binomial.ts';
import { HEADER_NAMES, type PackedRollout, packRollout } from './layout.ts';
import { Places, type Shared } from './places.ts';

/** Which kind of draw a counter's last word stands for. */
export const STREAM = { factors: 0, site: 1, domains: 2 } as const;
/** Second word of every key, so that no other use of Philox with the same seed meets these draws. */
export const KEY = 0x726f6c6c;

export const cpuTwin: RolloutEngine = {
  name: 'CPU twin, one thread',
  run: async (inputs, first, count) => drawOnCpu(packOnce(inputs), first, count),
};

/** Tables of the runs still in use: building them takes as long as drawing a thousand scenarios. */
const packs = new WeakMap<RolloutInputs, PackedRollout>();

function packOnce(inputs: RolloutInputs): PackedRollout {
  const known = packs.get(inputs);
  if (known) return known;
  const packed = packRollout(inputs);
  packs.set(inputs, packed);
  return packed;
}

const [SEED, ROWS] = [HEADER_NAMES.indexOf('seed'), HEADER_NAMES.indexOf('rows')];
const SERVING = FACTORS.indexOf('serving');

/** The z of every factor of one scenario, in 1/4096, in the order of FACTORS, and the row for `serving`. */
export function drawFactors(packed: PackedRollout, scenario: number): Int32Array {
  const words: Words = [0, 0, 0, 0];
  const z = new Int32Array(4 * packed.factorCalls);
  for (let call = 0; call < packed.factorCalls; call++) {
    philox(words, scenario, call, 0, STREAM.factors, packed.ints[SEED]!, KEY);
    for (let i = 0; i < 4; i++) {
      const at = 4 * call + i;
      z[at] = at === SERVING ? mulHi(words[i]!, packed.ints[ROWS]!) : normalOf(packed, words[i]!);
    }
  }
  return z;
}

/** Straight inside each of 4096 cells of equal probability. */
function normalOf({ ints, at }: PackedRollout, word: number): number {
  const cell = at.NORMAL! + (word >>> 20);
  const lo = ints[cell]! | 0;
  const hi = ints[cell + 1]! | 0;
  return lo + (((hi - lo) * ((word >>> 8) & 0xfff)) >> 12);
}

class Scenario {
  readonly #packed: PackedRollout;
  readonly #ints: Uint32Array;
  readonly #floats: Float32Array;
  readonly #columns: Uint32Array;
  readonly #places: Places;
  readonly #words: Words = [0, 0, 0, 0];
  #scenario = 0;

  constructor(packed: PackedRollout) {
    this.#packed = packed;
    this.#ints = packed.ints;
    this.#floats = packed.floats;
    this.#columns = packed.columns;
    this.#places = new Places(packed);
  }

  /** Adds to what `states` and `rates` hold. */
  draw(scenario: number, z: Int32Array, states: Float32Array, rates: Float64Array): void {
    this.#scenario = scenario;
    const shared = this.#shared(z);
    for (let site = 0; site < this.#packed.sites; site++) this.#drawSite(site, z, shared, states, rates);
  }

  #shared(z: Int32Array): Shared {
    const { table, header, z: factor } = this.#places;
    const whole = (name: string, f: Factor): number => this.#atZ(table[name]!, z[factor[f]]!);
    const float = (name: string, f: Factor): number => this.#floatAtZ(table[name]!, z[factor[f]]!);
    const row = z[factor.serving]!;
    return {
      gpus: scaled(header.gpus, whole('TOTAL', 'total')),
      midpoint: whole('MIDPOINT', 'midpoint'),
      mix: [0, whole('MIX_1', 'mix'), whole('MIX_2', 'mix')],
      middleMix: whole('MIDDLE_MIX', 'middle-mix'),
      olderPower: whole('OLDER_POWER', 'older-power'),
      middlePower: whole('MIDDLE_POWER', 'older-power'),
      newerPower: whole('NEWER_POWER', 'newer-power'),
      lpxPower: whole('LPX_POWER', 'lpx-power'),
      sitePower: whole('SITE_POWER', 'site-power'),
      level: Math.min(LEVELS - 1, (z[factor.failures]! + 16384) >> 10),
      spare: whole('SPARE', 'spare'),
      pace: whole('LPX_PACE', 'lpx-pace'),
      spectrum: whole('NETWORK', 'network'),
      drift: float('DRIFT', 'drift'),
      racks: this.#ints[table.ROW_RACKS! + row]!,
      older: this.#floats[table.ROW_OLDER! + row]!,
      middle: this.#floats[table.ROW_MIDDLE! + row]!,
      newer: this.#floats[table.ROW_NEWER! + row]!,
      attached: this.#floats[table.ROW_ATTACHED! + row]!,
    };
  }

  #drawSite(site: number, z: Int32Array, shared: Shared, states: Float32Array, rates: Float64Array): void {
    const { table, header, z: factor } = this.#places;
    const { mix, middleMix, olderPower, middlePower, newerPower, lpxPower, level, spare } = shared;
    const { quarters } = this.#packed;
    const ints = this.#ints;
    this.#philox(site, 0, STREAM.site);
    const zSlip = this.#correlated(z[factor.slip]!, normalOf(this.#packed, this.#words[0]));
    const zPower = this.#correlated(z[factor['site-power']]!, normalOf(this.#packed, this.#words[1]));
    const spectrum = Number(this.#words[2] >>> 16 < shared.spectrum);
    const slipped =
      Number(zSlip >= (header.slip1 | 0)) + Number(zSlip >= (header.slip2 | 0)) + Number(zSlip >= (header.slip3 | 0));
    const share = ints[table.SITE_SHARES! + site]!;
    const gpus = scaled(shared.gpus, share);
    const localPower = this.#atZ(table.LOCAL_POWER!, zPower);
    const network = this.#floatAtZ(spectrum === 1 ? table.SPECTRUM! : table.EFA!, z[factor['network-loss']]!);
    const [ramp, lpxRamp, mixRow] = [table.RAMP!, table.LPX_RAMP!, table.MIX_ROW!];
    const [plannedPower, driftReached] = [table.PLANNED_POWER!, table.DRIFT_REACHED!];

    let before = 0;
    let older = 0;
    let middle = 0;
    let newer = 0;
    for (let q = 0; q < quarters; q++) {
      const end = (q + 1) * QUARTER;
      const delivered = scaled(gpus, this.#atTime(ramp, end - slipped * QUARTER - shared.midpoint));
      const arrived = scaled(delivered - before, mix[ints[mixRow + q]!]!);
      const later = scaled(delivered - before - arrived, middleMix);
      older += delivered - before - arrived - later;
      middle += later;
      newer += arrived;
      before = delivered;

      const planned = scaled(ints[plannedPower + q]!, share);
      const cap = scaled(scaled(planned, shared.sitePower), localPower);
      const olderPowered = Math.min(Math.floor(older / header.olderDomain), Math.floor(cap / olderPower));
      const left = cap - olderPowered * olderPower;
      const middlePowered = Math.min(Math.floor(middle / header.olderDomain), Math.floor(left / middlePower));
      const rest = left - middlePowered * middlePower;
      const newerPowered = Math.min(Math.floor(newer / header.newerDomain), Math.floor(rest / newerPower));

      let attached = scaled(header.attached, this.#atTime(lpxRamp, end - shared.pace));
      const racksEach = scaled(attached, shared.racks);
      let paired = Math.floor((newerPowered * newerPower) / (newerPower + scaled(lpxPower, racksEach)));
      let lpxRacks = scaled(paired, racksEach);
      if (lpxRacks < header.leastRacks || lpxRacks === 0) {
        attached = 0;
        paired = newerPowered;
        lpxRacks = 0;
      }

      this.#philox(site * quarters + q, 0, STREAM.domains);
      const olderServing = this.#serving(olderPowered, spare, 0, level);
      this.#philox(site * quarters + q, 1, STREAM.domains);
      const newerServing = this.#serving(newerPowered, spare, 1, level);
      const pairedServing = this.#serving(paired, spare, 1, level);
      this.#philox(site * quarters + q, 2, STREAM.domains);
      const middleServing = this.#serving(middlePowered, spare, 0, level);

      const each = network * Math.exp(shared.drift * this.#floats[driftReached + q]!);
      const lifted = Math.min(attached, header.liftable) / 65536;
      const beside = shared.newer + lifted * (shared.attached - shared.newer);
      const s = q * STATES.length;
      states[s]! += older;
      states[s + 1]! += middle;
      states[s + 2]! += newer;
      states[s + 3]! += olderPowered;
      states[s + 4]! += middlePowered;
      states[s + 5]! += newerPowered;
      states[s + 6]! += olderServing;
      states[s + 7]! += middleServing;
      states[s + 8]! += newerServing;
      states[s + 9]! += pairedServing;
      states[s + 10]! += lpxRacks;
      states[s + 11]! += slipped;
      states[s + 12]! += spectrum;
      const r = q * RATES.length;
      rates[r]! += olderServing * each * shared.older;
      rates[r + 1]! += middleServing * each * shared.middle;
      rates[r + 2]! += newerServing * each * shared.newer;
      rates[r + 3]! += pairedServing * each * beside;
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
    const at = this.#places.directory + 2 * index;
    const size = this.#ints[at + 1]!;
    const column = mulHi(word, size & 0xffff);
    const fraction = Math.imul(word, size & 0xffff) >>> 0;
    const entry = 2 * (this.#ints[at]! + column);
    return (size >>> 16) + (fraction < this.#columns[entry]! ? column : this.#columns[entry + 1]!);
  }

  #correlated(shared: number, own: number): number {
    const { header } = this.#places;
    const z = (header.shared * shared + header.own * own) >> 12;
    return Math.max(-16384, Math.min(16384, z));
  }

  #philox(item: number, sub: number, stream: number): void {
    philox(this.#words, this.#scenario, item, sub, stream, this.#places.header.seed, KEY);
  }

  #atZ(place: number, z: number): number {
    const u = z + 16384;
    const cell = Math.min(u >> 9, 63);
    const lo = this.#ints[place + cell]! | 0;
    const hi = this.#ints[place + cell + 1]! | 0;
    return lo + (((hi - lo) * (u - (cell << 9))) >> 9);
  }

  #floatAtZ(place: number, z: number): number {
    const u = z + 16384;
    const cell = Math.min(u >> 9, 63);
    const lo = this.#floats[place + cell]!;
    const hi = this.#floats[place + cell + 1]!;
    return lo + (hi - lo) * ((u - (cell << 9)) / 512);
  }

  #atTime(place: number, time: number): number {
    const u = Math.max(0, Math.min(8192, time + RAMP_BEFORE * QUARTER));
    const cell = Math.min(u >> 5, 255);
    const lo = this.#ints[place + cell]! | 0;
    const hi = this.#ints[place + cell + 1]! | 0;
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
  const factors = new Int32Array(count * FACTORS.length);
  const scenario = new Scenario(packed);
  const sums = new Float64Array(rateStride);
  for (let i = 0; i < count; i++) {
    sums.fill(0);
    const z = drawFactors(packed, first + i);
    factors.set(z.subarray(0, FACTORS.length), i * FACTORS.length);
    scenario.draw(first + i, z, states.subarray(i * stateStride, (i + 1) * stateStride), sums);
    rates.set(sums, i * rateStride);
  }
  return { factors, states, rates };
}
