// Reads the result files and bundles that arguments name: what cannot be read is told and left out, the rest is used.
import { messageOf, UserError } from '../core/errors.ts';
import type { NamedFile } from '../results/merge.ts';
import { readResultFiles } from '../results/read.ts';
import { findInputs } from './find-inputs.ts';
import { type Io, paintFor } from './io.ts';
import { readText } from './result-store.ts';

export interface ReadResults {
  /** A bundle's files one by one, under the bundle's name. */
  readonly files: readonly NamedFile[];
  /** One message per path that could not be read. */
  readonly faults: readonly string[];
}

/** Texts of every path that arguments stand for. Throws a UserError for a folder or glob that holds none. */
export async function readEach<T>(
  given: readonly string[],
  io: Io,
  read: (text: string, name: string) => T,
): Promise<{ read: T[]; faults: string[] }> {
  const inputs = (await Promise.all(given.map((argument) => findInputs(argument, io.cwd)))).flat();
  const done: T[] = [];
  const faults: string[] = [];
  for (const { path, label } of inputs) {
    try {
      const text = path === '-' ? await io.readStdin() : await readText(path, io.cwd);
      done.push(read(text, label ?? (path === '-' ? 'standard input' : path)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(messageOf(error));
    }
  }
  return { read: done, faults };
}

/** Throws a UserError with every fault when no file at all can be read. */
export async function readResults(given: readonly string[], io: Io): Promise<ReadResults> {
  const { read, faults } = await readEach(given, io, (text, name) =>
    readResultFiles(text, name).map((file): NamedFile => ({ name, file })),
  );
  const files = read.flat();
  if (files.length === 0) throw new UserError(faults.join('\n'));
  return { files, faults };
}

/** What was left out, on stderr. */
export function tellFaults(faults: readonly string[], io: Io): void {
  const paint = paintFor(io.stderr, io.env);
  for (const fault of faults) io.stderr.write(`${paint('bad', 'left out')}: ${fault}\n`);
}
