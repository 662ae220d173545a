// `fleetmark compare BASE NEW`: reads two result files and prints how they differ.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, type ExitCode, unknownValue } from '../../core/errors.ts';
import { type ComparisonFormat, formatComparison, type LabelledFile } from '../../report/text-compare.ts';
import { compareFiles } from '../../results/compare.ts';
import { type Io, paintFor } from '../io.ts';
import { loadResultFile } from '../result-store.ts';

export const COMPARE_FORMATS: readonly ComparisonFormat[] = ['text', 'json', 'md'];

export async function compareCommand(
  base: string,
  next: string,
  { format }: { format: string },
  io: Io,
): Promise<ExitCode> {
  const known = COMPARE_FORMATS.find((name) => name === format) ?? unknownValue('format', format, COMPARE_FORMATS);
  const [baseFile, nextFile] = [await readLabelled(base, io), await readLabelled(next, io)];
  const comparison = compareFiles(baseFile.file, nextFile.file);
  io.stdout.write(`${formatComparison(known, baseFile, nextFile, comparison, paintFor(io.stdout, io.env))}\n`);
  return EXIT.ok;
}

/** `label=path`; a file whose own name holds `=` still opens by that name. */
async function readLabelled(given: string, io: Io): Promise<LabelledFile> {
  const equals = given.indexOf('=');
  const labelled = equals > 0 && !existsSync(resolve(io.cwd, given));
  const path = labelled ? given.slice(equals + 1) : given;
  return { label: labelled ? given.slice(0, equals) : path, file: await loadResultFile(path, io.cwd) };
}
