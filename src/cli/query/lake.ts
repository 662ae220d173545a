// Many result files as views that SQL can be asked of: each file read once, kept as Parquet under its content's hash, and
// any file that cannot be read named and left out.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf, UserError } from '../../core/errors.ts';
import { readResultFiles } from '../../results/read.ts';
import { writeAtomically } from '../result-store.ts';
import { quote } from './duckdb.ts';
import { LAKE_VERSION, oddPathsSql, readFilesSql, tidySql, viewsSql } from './lake-sql.ts';

/** Of one batch, which is in memory as a whole while it is read. */
const BATCH_BYTES = 96 * 2 ** 20;

interface Input {
  /** As named on the command line. */
  readonly path: string;
  readonly absolute: string;
  readonly bytes: number;
  readonly hash: string;
}

/** What a file was when its hash was taken; the same size and time stand for the same content, as in git's index. */
type HashIndex = Record<string, { readonly size: number; readonly mtimeMs: number; readonly hash: string }>;

export interface Lake {
  /** One message per file left out. */
  readonly faults: readonly string[];
  readonly files: number;
  /** How many of them had to be read anew. */
  readonly ingested: number;
}

/** Makes the views `metrics` and `samples` over these files. Throws a UserError when none of them can be read. */
export async function openLake(
  db: DuckDBConnection,
  paths: readonly string[],
  cwd: string,
  cacheFolder: string,
): Promise<Lake> {
  const cache = join(cacheFolder, `v${LAKE_VERSION}`);
  await mkdir(cache, { recursive: true });
  const { inputs, faults } = await hashInputs(paths, cwd, join(cache, 'index.json'));
  const known = new Set(await readdir(cache));
  const fresh = [...new Map(inputs.map((input) => [input.hash, input])).values()].filter(
    ({ hash }) => !known.has(hash),
  );
  for (const batch of batches(fresh)) faults.push(...(await ingest(db, batch, cache)));
  const kept = new Set(await readdir(cache));
  const readable = inputs.filter(({ hash }) => kept.has(hash));
  if (readable.length === 0) throw new UserError(faults.join('\n'));
  await db.run('CREATE TABLE inputs (path VARCHAR, file_hash VARCHAR)');
  await db.run(
    `INSERT INTO inputs VALUES ${readable.map(({ path, hash }) => `(${quote(path)}, ${quote(hash)})`).join(', ')}`,
  );
  const parquet = [...new Set(readable.map(({ hash }) => join(cache, hash, 'data_0.parquet')))];
  await db.run(viewsSql(parquet));
  return { faults, files: readable.length, ingested: fresh.filter(({ hash }) => kept.has(hash)).length };
}

async function hashInputs(
  paths: readonly string[],
  cwd: string,
  indexPath: string,
): Promise<{ inputs: Input[]; faults: string[] }> {
  const index = await readIndex(indexPath);
  const inputs: Input[] = [];
  const faults: string[] = [];
  let changed = false;
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    try {
      const { size, mtimeMs } = await stat(absolute);
      const known = index[absolute];
      const same = known?.size === size && known.mtimeMs === mtimeMs;
      const hash = same
        ? known.hash
        : createHash('sha256')
            .update(await readFile(absolute))
            .digest('hex');
      if (!same) index[absolute] = { size, mtimeMs, hash };
      changed ||= !same;
      inputs.push({ path, absolute, bytes: size, hash });
    } catch (error) {
      faults.push(`${path}: cannot be read (${messageOf(error)})`);
    }
  }
  if (changed) await writeAtomically(indexPath, JSON.stringify(index));
  return { inputs, faults };
}

/** A cache: what cannot be read of it is built anew. */
async function readIndex(path: string): Promise<HashIndex> {
  return readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as HashIndex)
    .catch(() => ({}));
}

function batches(inputs: readonly Input[]): Input[][] {
  const all: Input[][] = [];
  let room = 0;
  for (const input of inputs) {
    if (room < input.bytes || all.length === 0) {
      all.push([]);
      room = BATCH_BYTES;
    }
    all.at(-1)!.push(input);
    room -= input.bytes;
  }
  return all;
}

/** Reads a batch into the cache. A batch that DuckDB refuses, or reads as something odd, is checked file by file. */
async function ingest(db: DuckDBConnection, batch: readonly Input[], cache: string): Promise<string[]> {
  const refusal = await loadBatch(db, batch).catch((error: unknown) => messageOf(error));
  if (refusal === null) {
    await writeBatch(db, cache);
    return [];
  }
  const { good, faults } = await checkEach(batch);
  if (faults.length === 0) throw new Error(`valid files that DuckDB cannot read: ${refusal}`);
  return [...faults, ...(good.length > 0 ? await ingest(db, good, cache) : [])];
}

/** Null, or what is odd about the batch now in the table `batch`. */
async function loadBatch(db: DuckDBConnection, batch: readonly Input[]): Promise<string | null> {
  const largest = Math.max(...batch.map(({ bytes }) => bytes));
  const raw = readFilesSql(
    batch.map(({ absolute }) => absolute),
    largest,
  );
  const hashes = batch.map(({ absolute, hash }) => `(${quote(absolute)}, ${quote(hash)})`).join(', ');
  await db.run(`CREATE OR REPLACE TEMP TABLE batch AS
    SELECT tidy.*, hashes.file_hash FROM (${tidySql(raw)}) AS tidy JOIN (VALUES ${hashes}) AS hashes(path, file_hash) USING (path)`);
  const odd = await db.runAndReadAll(oddPathsSql('batch'));
  const found = await db.runAndReadAll('SELECT count(DISTINCT path) FROM batch');
  const missing = batch.length - Number(found.getRows()[0]![0]);
  return odd.currentRowCount === 0 && missing === 0 ? null : `${odd.currentRowCount} odd, ${missing} without content`;
}

/** First beside the cache, then moved into it: an interrupt leaves no half of a Parquet file under a hash. */
async function writeBatch(db: DuckDBConnection, cache: string): Promise<void> {
  const staging = await mkdtemp(join(cache, 'staging-'));
  try {
    await db.run(`COPY (SELECT * EXCLUDE (path) FROM batch) TO ${quote(join(staging, 'parts'))}
      (FORMAT parquet, PARTITION_BY (file_hash), WRITE_PARTITION_COLUMNS true, COMPRESSION lz4)`);
    await db.run('DROP TABLE batch');
    for (const name of await readdir(join(staging, 'parts'))) {
      const place = join(cache, name.slice('file_hash='.length));
      await rename(join(staging, 'parts', name), place).catch(async (error: NodeJS.ErrnoException) => {
        // Another query was faster with the same content.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function checkEach(batch: readonly Input[]): Promise<{ good: Input[]; faults: string[] }> {
  const good: Input[] = [];
  const faults: string[] = [];
  for (const input of batch) {
    try {
      readResultFiles(await readFile(input.absolute, 'utf8'), input.path);
      good.push(input);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(error.message);
    }
  }
  return { good, faults };
}
