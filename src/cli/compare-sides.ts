// Reads the files of a comparison and puts them together into sides: a file that cannot be read is told and left out.
import { messageOf, UserError } from '../core/errors.ts';
import { joinByLabel } from '../report/compare-labelled.ts';
import type { LabelledFile } from '../report/comparison.ts';
import { deviceName } from '../report/environment.ts';
import { readResultFiles } from '../results/read.ts';
import type { ResultFile } from '../results/schema.ts';
import { findInputs, type NamedInput } from './find-inputs.ts';
import type { Io } from './io.ts';
import { readText } from './result-store.ts';

export interface ReadSides {
  /** In the order given; the first is the base. */
  readonly sides: readonly LabelledFile[];
  /** One message per file that could not be read. */
  readonly faults: readonly string[];
}

/**
 * Files with the same label are one side, their sessions joined; any other file is a side of its own, and a bundle one side
 * for each file in it. A fault in the file named as base leaves no base: the others are then not compared with anything else
 * in its place.
 */
export async function readSides(given: readonly string[], io: Io): Promise<ReadSides> {
  const inputs = (await Promise.all(given.map((argument) => findInputs(argument, io.cwd)))).flat();
  const read: { input: NamedInput; file: ResultFile }[] = [];
  const faults: string[] = [];
  let baseLost = false;
  // One after the other: a file's text and its parsed form are both in memory while it is read.
  for (const [index, input] of inputs.entries()) {
    try {
      for (const file of await readOne(input, io)) read.push({ input, file });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(messageOf(error));
      if (index === 0 && input.named && input.label === null) baseLost = true;
    }
  }
  return { sides: baseLost ? [] : toSides(read), faults };
}

async function readOne({ path }: NamedInput, io: Io): Promise<ResultFile[]> {
  if (path === '-') return readResultFiles(await io.readStdin(), 'standard input');
  return readResultFiles(await readText(path, io.cwd), path);
}

function toSides(read: readonly { input: NamedInput; file: ResultFile }[]): LabelledFile[] {
  const labelled: LabelledFile[] = [];
  for (const { input, file } of read) {
    const path = input.path === '-' ? 'standard input' : input.path;
    const inBundle = read.filter((other) => other.input === input).length > 1;
    const own = inBundle ? `${path}: ${deviceName(file.environment)}` : path;
    labelled.push({ label: input.label ?? unused(own, labelled), file });
  }
  return joinByLabel(labelled);
}

/** A file named twice is two sides: holding it against itself is a fair question. */
function unused(label: string, earlier: readonly LabelledFile[]): string {
  const taken = new Set(earlier.map((item) => item.label));
  let [name, count] = [label, 1];
  while (taken.has(name)) name = `${label} (${++count})`;
  return name;
}
