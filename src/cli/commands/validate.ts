// `fleetmark validate FILE…`: says of every file whether it is a valid result file, and where it is not.
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { readResultFiles } from '../../results/read.ts';
import { type Io, paintFor } from '../io.ts';
import { readEach } from '../read-results.ts';

export function mountValidate(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  program
    .command('validate')
    .description('check result files against their format: file and place of the first fault of each')
    .argument('<files...>', 'result files, bundles, folders or globs')
    .action(async (files) => finish(await validateCommand(files, io)));
}

async function validateCommand(given: readonly string[], io: Io): Promise<ExitCode> {
  const { read, faults } = await readEach(given, io, (text, name) => {
    const files = readResultFiles(text, name);
    const sessions = files.flatMap((file) => file.sessions);
    const rows = sessions.reduce((sum, session) => sum + session.rows.length, 0);
    const devices = files.length > 1 ? `bundle of ${files.length}, ` : '';
    return `${name}: ${devices}format ${files[0]!.schemaVersion}, sessions ${sessions.length}, rows ${rows}`;
  });
  const paint = paintFor(io.stdout, io.env);
  for (const line of read) io.stdout.write(`valid    ${line}\n`);
  for (const fault of faults) io.stdout.write(`${paint('bad', 'invalid')}  ${fault}\n`);
  return faults.length > 0 ? EXIT.badInput : EXIT.ok;
}
