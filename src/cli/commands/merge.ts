// `fleetmark merge FILE…`: sessions of one device, build and plan in one file; several devices in a bundle.
import type { Command } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../core/errors.ts';
import { counted } from '../../report/units.ts';
import { packFiles } from '../../results/bundle.ts';
import { mergeFiles } from '../../results/merge.ts';
import type { ResultFile } from '../../results/schema.ts';
import type { Io } from '../io.ts';
import { writeTextFile } from '../json-file.ts';
import { readResults, tellFaults } from '../read-results.ts';

interface MergeFlags {
  readonly out?: string;
  readonly only?: string;
}

export function mountMerge(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  program
    .command('merge')
    .description('join result files: sessions of one device and build into one, several devices into a bundle')
    .argument('<files...>', 'result files, bundles, folders or globs')
    .option('--out <file>', 'where to write it (default: stdout)')
    .option('--only <n>', 'only the nth device or build, as fleetmark show numbers them')
    .action(async (files, flags) => finish(await mergeCommand(files, flags, io)));
}

async function mergeCommand(given: readonly string[], { out, only }: MergeFlags, io: Io): Promise<ExitCode> {
  const { files, faults } = await readResults(given, io);
  const merged = pick(mergeFiles(files), only);
  const text = `${JSON.stringify(packFiles(merged), null, 1)}\n`;
  if (out === undefined) io.stdout.write(text);
  else {
    await writeTextFile(out, io.cwd, text);
    const sessions = merged.reduce((sum, file) => sum + file.sessions.length, 0);
    const what = merged.length === 1 ? 'one device and build' : `a bundle of ${merged.length} devices or builds`;
    io.stdout.write(`wrote ${out}: ${what}, ${counted(sessions, 'session')}\n`);
  }
  tellFaults(faults, io);
  return faults.length > 0 ? EXIT.badInput : EXIT.ok;
}

function pick(files: readonly ResultFile[], only: string | undefined): readonly ResultFile[] {
  if (only === undefined) return files;
  const chosen = /^\d+$/.test(only) ? files[Number(only) - 1] : undefined;
  if (chosen) return [chosen];
  throw new UserError(`--only '${only}': must be a whole number from 1 to ${files.length}`);
}
