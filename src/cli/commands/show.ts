// `fleetmark show FILE…`: the tables of result files as the run printed them, a bundle's devices numbered.
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { formatResultText } from '../../report/text-result.ts';
import { formatTuningText } from '../../report/text-tuning.ts';
import { type Io, paintFor, tableWidth } from '../io.ts';
import { readResults, tellFaults } from '../read-results.ts';

export function mountShow(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  program
    .command('show')
    .description('print the tables of result files')
    .argument('<files...>', 'result files, bundles, folders or globs')
    .option('--tuning', 'print what the tuner tried for each tuned case instead')
    .action(async (files, flags) => finish(await showCommand(files, flags, io)));
}

async function showCommand(given: readonly string[], flags: { tuning?: boolean }, io: Io): Promise<ExitCode> {
  const { files, faults } = await readResults(given, io);
  const paint = paintFor(io.stdout, io.env);
  const texts = files.map(({ name, file }, i) => {
    const number = files.length > 1 ? `${paint('dim', `${i + 1} of ${files.length}: ${name}`)}\n` : '';
    return `${number}${flags.tuning ? formatTuningText(file, paint) : formatResultText(file, paint, tableWidth(io.stdout))}\n`;
  });
  io.stdout.write(texts.join('\n\n'));
  tellFaults(faults, io);
  return faults.length > 0 ? EXIT.badInput : EXIT.ok;
}
