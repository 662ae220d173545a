// `fleetmark calibrate`: the same build against itself, session after session, to learn how much this device's sessions differ.
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { type OptionName, type Options, queryFromOptions } from '../../core/options.ts';
import { SESSION_PRESETS, type SessionPreset } from '../../core/session-plan.ts';
import { calibrationText } from '../../report/text-calibration.ts';
import { calibrate } from '../../results/calibration.ts';
import type { ResultFile } from '../../results/schema.ts';
import { browserHost } from '../browser-host.ts';
import { localBrowsers } from '../browser-source.ts';
import { fileCalibrationStore } from '../calibration-store.ts';
import { chosenIds } from '../case-list.ts';
import { readSides } from '../compare-sides.ts';
import { ensureBrowser } from '../find-browser.ts';
import { type Io, paintFor } from '../io.ts';
import { optionFlags, optionsFromFlags } from '../option-flags.ts';
import { startPageServer } from '../page-server.ts';
import { openResultStore } from '../result-store.ts';
import { type EndedRun, runSessions } from '../run-sessions.ts';
import { thisMachine } from '../this-machine.ts';

const MEASURING: readonly OptionName[] = [
  'suite',
  'filter',
  'seed',
  'budget',
  'samples',
  'sessions',
  'preset',
  'out',
  'require-gpu',
  'headed',
];

const HELP = `
With files, they are what is learned from; without, ${SESSION_PRESETS.release} sessions are measured (--sessions or --preset asks for others). What is learned
is kept with this machine and judges later comparisons that have fewer than three sessions a side.

Exit codes: ${EXIT.ok} calibrated; ${EXIT.badInput} usage or bad input; ${EXIT.noAdapter} no usable adapter; ${EXIT.interrupted} interrupted.
`;

export function mountCalibrate(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  const command = program
    .command('calibrate')
    .description('measure one build against itself, and keep how much this device’s sessions differ')
    .argument('[files...]', 'result files of repeated sessions, instead of measuring');
  for (const flag of optionFlags(MEASURING)) command.addOption(flag);
  command
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: Record<string, unknown>) =>
      finish(await calibrateCommand(files, optionsFromFlags(flags), io)),
    );
}

async function calibrateCommand(given: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  const paint = paintFor(io.stderr, io.env);
  if (given.length > 0) {
    const { sides, faults } = await readSides(given, io);
    for (const fault of faults) io.stderr.write(`${paint('bad', 'left out')}: ${fault}\n`);
    for (const { file } of sides) await keep(file, io);
    return faults.length > 0 ? EXIT.badInput : EXIT.ok;
  }
  const { recording, interrupted } = await measure(options, io);
  if (recording) io.stderr.write(`wrote ${recording.path}\n`);
  if (interrupted) {
    io.stderr.write(`${paint('warn', 'interrupted')}: nothing was calibrated\n`);
    return EXIT.interrupted;
  }
  if (!recording) throw new Error('a run that was not interrupted leaves a recording');
  await keep(recording.file(), io);
  return EXIT.ok;
}

async function keep(file: ResultFile, io: Io): Promise<void> {
  const store = fileCalibrationStore(io.packageFolder);
  const calibration = calibrate(file);
  await store.save(calibration);
  io.stdout.write(`${calibrationText(calibration, paintFor(io.stdout, io.env))}\n`);
  io.stderr.write(`kept in ${store.path}\n`);
}

async function measure(options: Options, io: Io): Promise<EndedRun> {
  chosenIds(options);
  const preset = options.preset === 'default' ? 'release' : (options.preset as SessionPreset);
  const sessions = options.sessions || SESSION_PRESETS[preset];
  const browser = ensureBrowser(await thisMachine(io.stderr));
  const server = await startPageServer({ pageFolder: io.pageFolder });
  try {
    return await runSessions({
      host: browserHost(
        localBrowsers(browser.path, options.headed),
        `${server.url}?${queryFromOptions(options)}`,
        options,
      ),
      options: { ...options, sessions },
      openStore: (first) => openResultStore(options.out, io.cwd, io.packageFolder, first),
      io,
    });
  } finally {
    await server.close();
  }
}
