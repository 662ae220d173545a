// One part of a run that was cut into parts: what was run, which parts are in it, and counts that add up. Merging parts
// gives exactly the file of the unsharded run, or says which part is missing or there twice. Knows no model.
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { Sketch, sketchSchema } from './sketch.ts';

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const shardFileSchema = v.strictObject({
  schema: v.literal('fleetmark.fleet-shard'),
  schemaVersion: v.literal(1),
  /** Which command made it. */
  kind: v.picklist(['rollout', 'simulate']),
  /** Everything the run depends on but its seed, as the command understands it. */
  inputs: v.record(v.string(), v.unknown()),
  seed: index,
  /** How many parts there are, and which of them are in this file, ascending. */
  of: v.pipe(index, v.minValue(1)),
  parts: v.pipe(v.array(index), v.minLength(1)),
  sketches: v.record(v.string(), sketchSchema),
  /** Whole numbers that add up element by element. */
  tallies: v.record(v.string(), v.array(v.pipe(v.number(), v.safeInteger()))),
});
export type ShardFile = v.InferOutput<typeof shardFileSchema>;

/** `i/n`, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Shard = { index: 0, of: 1 };
/** Parts one run may be cut into. */
const MOST_PARTS = 100_000;

/** Reads `i/n`; a UserError says what it must be. */
export function parseShard(text: string): Shard {
  const [, i, n] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = { index: Number(i), of: Number(n) };
  if (n !== undefined && shard.of >= 1 && shard.of <= MOST_PARTS && shard.index < shard.of) return shard;
  throw new UserError(`--shard ${text}: must be i/n with 0 ≤ i < n ≤ ${MOST_PARTS}, e.g. 0/8 for the first of eight`);
}

/** The run of consecutive items that fall to a shard; all shards together hold every item once. */
export function rangeOfShard(
  { index: i, of }: Shard,
  items: number,
): { readonly first: number; readonly count: number } {
  const first = Math.floor((i * items) / of);
  return { first, count: Math.floor(((i + 1) * items) / of) - first };
}

/** Checks the form of a parsed file; a UserError names the file and what is wrong in it. */
export function readShardFile(name: string, json: unknown): ShardFile {
  const result = v.safeParse(shardFileSchema, json);
  if (result.success) return result.output;
  const { message, path } = result.issues[0];
  throw new UserError(
    `${name} is no part of a fleet run: ${path?.map(({ key }) => key).join('.') || 'file'}: ${message}`,
  );
}

export interface NamedShard {
  readonly name: string;
  readonly file: ShardFile;
}

/** All parts as one file. A UserError names parts that differ in what was run, are there twice, or are missing. */
export function mergeShards(shards: readonly NamedShard[]): ShardFile {
  const first = shards[0];
  if (!first) throw new UserError('nothing to merge: name the files of all parts');
  for (const other of shards.slice(1)) requireSameRun(first, other);
  const parts = checkedParts(shards);
  const { inputs, kind, of, seed } = first.file;
  const files = shards.map(({ file }) => file);
  return {
    schema: 'fleetmark.fleet-shard',
    schemaVersion: 1,
    kind,
    inputs,
    seed,
    of,
    parts,
    sketches: mergeRecords(
      files.map((file) => file.sketches),
      (a, b) => {
        const sum = Sketch.from(a);
        sum.merge(Sketch.from(b));
        return sum.toJSON();
      },
    ),
    tallies: mergeRecords(
      files.map((file) => file.tallies),
      (a, b) => Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0)),
    ),
  };
}

function requireSameRun(a: NamedShard, b: NamedShard): void {
  for (const key of ['kind', 'seed', 'of', 'inputs'] as const) {
    const [x, y] = [JSON.stringify(a.file[key]), JSON.stringify(b.file[key])];
    if (x === y) continue;
    throw new UserError(
      `${a.name} and ${b.name} are parts of different runs: ${key} ${shorten(x)} against ${shorten(y)}`,
    );
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function checkedParts(shards: readonly NamedShard[]): number[] {
  const { of } = shards[0]!.file;
  const owner = new Map<number, string>();
  for (const { name, file } of shards) {
    for (const part of file.parts) {
      const other = owner.get(part);
      if (other !== undefined) throw new UserError(`part ${part}/${of} is in both ${other} and ${name}; give it once`);
      if (part >= of) throw new UserError(`${name} says it is part ${part} of ${of}, which counts from 0`);
      owner.set(part, name);
    }
  }
  const missing = Array.from({ length: of }, (_, i) => i).filter((part) => !owner.has(part));
  if (missing.length > 0) {
    const shown = missing.slice(0, 10).map((part) => `${part}/${of}`);
    const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : '';
    throw new UserError(`${missing.length} of ${of} parts missing: ${shown.join(', ')}${more}; run them with --shard`);
  }
  return [...owner.keys()].sort((a, b) => a - b);
}

function mergeRecords<T>(records: readonly Readonly<Record<string, T>>[], add: (a: T, b: T) => T): Record<string, T> {
  const sum: Record<string, T> = {};
  for (const record of records) {
    for (const [key, value] of Object.entries(record)) sum[key] = key in sum ? add(sum[key] as T, value) : value;
  }
  return sum;
}
