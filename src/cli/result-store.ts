// Writes a result file so that a reader, or a crash, never meets half of one; and finds the file to compare it with.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, UserError } from '../core/errors.ts';
import { resultFileName } from '../results/assemble.ts';
import { readResultFile } from '../results/read.ts';
import type { ResultFile } from '../results/schema.ts';

export interface ResultStore {
  /** Absolute. */
  readonly path: string;
  /** Writes the whole file anew; calls made while one is under way follow in order. */
  save(file: ResultFile): Promise<void>;
}

/** `out` relative to the working directory; empty: bench-results/local/ of this package, named after the machine. */
export function openResultStore(out: string, cwd: string, packageFolder: string, first: ResultFile): ResultStore {
  return fileStore(out ? resolve(cwd, out) : join(packageFolder, 'bench-results', 'local', resultFileName(first)));
}

/** `path` is absolute. */
export function fileStore(path: string): ResultStore {
  let last: Promise<void> = Promise.resolve();
  return {
    path,
    save(file) {
      // Serialised now: the caller goes on changing its sessions.
      const text = `${JSON.stringify(file, null, 1)}\n`;
      last = last.catch(() => {}).then(() => writeAtomically(path, text));
      return last;
    },
  };
}

/** Throws a UserError when it cannot be written. Makes the folders above it. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(path, error);
  }
}

/** Throws a UserError when `out` cannot be written, before an hour is spent on measuring. */
export async function requireWritable(out: string, cwd: string): Promise<void> {
  const path = resolve(cwd, out);
  try {
    await mkdir(dirname(path), { recursive: true });
    if ((await stat(path).catch(() => null))?.isDirectory()) throw new Error('it is a folder');
    // By writing: permissions alone tell nothing of a read-only file system, nor to root of a folder like /proc.
    const probe = `${path}.${process.pid}.probe`;
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): UserError {
  return new UserError(`${path}: cannot be written (${messageOf(error)}). Name another place with --out`);
}

/** Reads and checks a result file. Throws a UserError that names the file. */
export async function loadResultFile(path: string, cwd: string): Promise<ResultFile> {
  return readResultFile(await readText(path, cwd), path);
}

/** A file's text. Throws a UserError that names it when it cannot be read. */
export async function readText(path: string, cwd: string): Promise<string> {
  return readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(missing ? `${path}: no such file` : `${path}: cannot be read (${messageOf(error)})`);
  });
}

/** The newest earlier file in the same folder with the same adapter and the same plan; null when there is none. */
export async function findBaseline(path: string, file: ResultFile): Promise<string | null> {
  const slug = basename(path).split('_', 1)[0]!;
  const names = await readdir(dirname(path)).catch(() => []);
  const earlier = names
    .filter((name) => name.startsWith(`${slug}_`) && name.endsWith('.json') && name !== basename(path))
    .sort((a, b) => timeIn(b).localeCompare(timeIn(a)));
  for (const name of earlier) {
    const candidate = join(dirname(path), name);
    // A file that cannot be read is no baseline; it is not this run's business to complain of it.
    const other = await loadResultFile(candidate, '/').catch(() => null);
    if (other && planKey(other) === planKey(file)) return candidate;
  }
  return null;
}

/** What must agree for two files to hold the same cases. */
function planKey({ plan, environment: { adapter } }: ResultFile): string {
  const { filter, model, dim } = plan.nonDefault;
  const { vendor, architecture, device, description } = adapter;
  return JSON.stringify([plan.suite, filter, model, dim, vendor, architecture, device, description]);
}

/** The time that resultFileName put at the end. */
function timeIn(name: string): string {
  return name.slice(name.lastIndexOf('_') + 1);
}
