// How a rollout's inputs lie in the buffers that rollout.wgsl and its CPU twin read. Knows the contract, no scenario.
import { normalQuantile } from '../../src/core/normal.ts';
import { FACTORS, type RolloutInputs, type RolloutTables, Z_ONE } from '../../src/core/rollout.ts';
import { type BinomialTables, buildBinomials, MOST_DOMAINS } from './binomial.ts';

/** Cells of the table that turns a word into a normal z: 4096 of equal probability, straight inside, ±4 at the ends. */
const NORMAL_CELLS = 4096;

export interface PackedRollout {
  readonly ints: Uint32Array;
  readonly floats: Float32Array;
  readonly columns: Uint32Array;
  /** Where each table starts in `ints` or `floats`, by the name the shader gives it. */
  readonly at: Readonly<Record<string, number>>;
  readonly sites: number;
  readonly quarters: number;
  readonly factorCalls: number;
}

/** Words of `ints` that say which scenarios are drawn; written again for every dispatch. */
export const FIRST = 0;
export const COUNT = 1;

/** Throws a RangeError where a whole number would leave the range in which the shader's arithmetic is exact. */
export function packRollout(inputs: RolloutInputs): PackedRollout {
  const { tables } = inputs;
  checkBounds(inputs);
  const binomials = binomialsFor(inputs);
  const ints = new Pool();
  ints.add('HEADER', headerOf(inputs));
  ints.add('NORMAL', NORMAL);
  for (const name of INT_TABLES) ints.add(shaderName(name), tables[name]);
  ints.add('MIX_1', tables.mix[0]);
  ints.add('MIX_2', tables.mix[1]);
  ints.add('SITE_SHARES', inputs.siteShares);
  ints.add('MIX_ROW', inputs.mixRow);
  ints.add('PLANNED_POWER', inputs.plannedPower);
  ints.add('ROW_RACKS', inputs.serving.racks);
  ints.add('DIRECTORY', binomials.directory);
  const floats = new Pool();
  for (const name of FLOAT_TABLES) floats.add(shaderName(name), tables[name]);
  floats.add('DRIFT_REACHED', inputs.driftReached);
  for (const name of ROW_TABLES) floats.add(`ROW_${shaderName(name)}`, inputs.serving[name]);
  return {
    ints: ints.into(Uint32Array),
    floats: floats.into(Float32Array),
    columns: binomials.columns,
    at: { ...ints.at, ...floats.at },
    sites: inputs.sites,
    quarters: inputs.quarters,
    factorCalls: Math.ceil(FACTORS.length / 4),
  };
}

/** Tables by the chances they were built from, with room for as many domains. */
const built = new WeakMap<RolloutInputs['down'], { readonly most: number; readonly tables: BinomialTables }>();
/** Domains by which the tables' room grows, so that a slider of the fleet's size seldom builds them anew. */
const ROOM = 4096;

function binomialsFor(inputs: RolloutInputs): BinomialTables {
  const needed = mostDomains(inputs);
  const known = built.get(inputs.down);
  if (known && known.most >= needed) return known.tables;
  const most = Math.min(MOST_DOMAINS, Math.ceil(needed / ROOM) * ROOM);
  const tables = buildBinomials(inputs.down, most);
  built.set(inputs.down, { most, tables });
  return tables;
}

const INT_TABLES = [
  'total',
  'midpoint',
  'lpxPace',
  'middleMix',
  'olderPower',
  'middlePower',
  'newerPower',
  'lpxPower',
  'sitePower',
  'localPower',
  'spare',
  'network',
  'ramp',
  'lpxRamp',
] as const satisfies readonly (keyof RolloutTables)[];
const FLOAT_TABLES = ['drift', 'spectrum', 'efa'] as const satisfies readonly (keyof RolloutTables)[];

const ROW_TABLES = ['older', 'middle', 'newer', 'attached'] as const;

/** `olderPower` → `OLDER_POWER`. */
function shaderName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Scalars of a run, in the order of HEADER_NAMES. */
export const HEADER_NAMES = [
  'first',
  'count',
  'seed',
  'gpus',
  'olderDomain',
  'newerDomain',
  'shared',
  'own',
  'slip1',
  'slip2',
  'slip3',
  'attached',
  'liftable',
  'leastRacks',
  'rows',
] as const;

function headerOf(inputs: RolloutInputs): number[] {
  const { correlation, slipFrom } = inputs;
  const values: Record<(typeof HEADER_NAMES)[number], number> = {
    first: 0,
    count: 0,
    seed: inputs.seed,
    gpus: inputs.gpus,
    olderDomain: inputs.olderDomain,
    newerDomain: inputs.newerDomain,
    shared: correlation[0],
    own: correlation[1],
    slip1: slipFrom[0],
    slip2: slipFrom[1],
    slip3: slipFrom[2],
    attached: inputs.attached,
    liftable: inputs.liftable,
    leastRacks: inputs.leastRacks,
    rows: inputs.serving.racks.length,
  };
  return HEADER_NAMES.map((name) => values[name]);
}

const ENDS = 4 * Z_ONE;
const NORMAL = Int32Array.from({ length: NORMAL_CELLS + 1 }, (_, i) =>
  Math.max(-ENDS, Math.min(ENDS, Math.round(Z_ONE * normalQuantile(i / NORMAL_CELLS)))),
);

class Pool {
  readonly #tables: ArrayLike<number>[] = [];
  #length = 0;
  readonly at: Record<string, number> = {};

  add(name: string, values: ArrayLike<number>): void {
    this.at[name] = this.#length;
    this.#tables.push(values);
    this.#length += values.length;
  }

  /** All tables one after the other. */
  into<T extends Uint32Array | Float32Array>(type: new (length: number) => T): T {
    const all = new type(this.#length);
    let at = 0;
    for (const table of this.#tables) {
      all.set(table, at);
      at += table.length;
    }
    return all;
  }
}

/** The most domains of one generation that any scenario can bring to one site. */
function mostDomains(inputs: RolloutInputs): number {
  const gpus = (inputs.gpus * Math.max(...inputs.tables.total)) / 65536;
  const share = Math.max(...inputs.siteShares) / 65536;
  return Math.ceil((gpus * share) / Math.min(inputs.olderDomain, inputs.newerDomain)) + 1;
}

/** f32 counts exactly up to here. */
const EXACT_F32 = 2 ** 24;

function checkBounds(inputs: RolloutInputs): void {
  const { tables, gpus, plannedPower } = inputs;
  const most = mostDomains(inputs);
  if (most > MOST_DOMAINS) throw new RangeError(`${most} domains at one site; at most ${MOST_DOMAINS} can be drawn`);
  const delivered = (gpus * Math.max(...tables.total)) / 65536;
  if (delivered >= EXACT_F32) throw new RangeError(`${delivered} GPUs; at most ${EXACT_F32} are counted exactly`);
  const factors = (Math.max(...tables.sitePower) / 65536) * (Math.max(...tables.localPower) / 65536);
  if (Math.max(...plannedPower) * factors >= 2 ** 32) throw new RangeError('site power beyond 2^32 of 100 W');
}
