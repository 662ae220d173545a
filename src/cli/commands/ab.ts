// `fleetmark ab A B`: measures two builds, flag sets, variants or runtimes in turns and compares them pair by pair.
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import type { OptionName, Options } from '../../core/options.ts';
import { SESSION_PRESETS, type SessionPreset } from '../../core/session-plan.ts';
import { type ArmPair, parseArms } from '../ab-arms.ts';
import { localBrowsers } from '../browser-source.ts';
import { chosenIds } from '../case-list.ts';
import { ensureBrowser } from '../find-browser.ts';
import { type Io, paintFor } from '../io.ts';
import { optionFlags, optionsFromFlags } from '../option-flags.ts';
import { judgeRun } from '../outcome.ts';
import { startPageServer } from '../page-server.ts';
import { fileStore, requireWritable } from '../result-store.ts';
import { runTurns } from '../run-turns.ts';
import { thisMachine } from '../this-machine.ts';
import { type CompareFlags, compareFlags, compareSettings, printComparison } from './compare.ts';

/** Options of bench that a campaign of two sides takes. */
const MEASURING: readonly OptionName[] = [
  'suite',
  'filter',
  'seed',
  'budget',
  'samples',
  'sessions',
  'preset',
  'require-gpu',
  'headed',
];

const HELP = `
A and B are each a folder with a built page (or a checkout with dist/page), 'flags:--one --two' for extra browser flags
('flags:' for none), or a case path such as kernel/matmul/tiled, for variants and runtimes; label=… before any of them names it.
Sessions take turns A B B A, and each A is compared with the B next to it. Without --sessions or --preset, ${SESSION_PRESETS.gate} sessions a side.

Exit codes: ${EXIT.ok} measured; ${EXIT.failed} a case failed, or with a gate a row is slower; ${EXIT.inconclusive} with a gate, a row is inconclusive; ${EXIT.badInput} usage; ${EXIT.noAdapter} no usable adapter; ${EXIT.interrupted} interrupted.
`;

export function mountAb(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  const command = program
    .command('ab')
    .description('measure two builds, flag sets, variants or runtimes in turns, and compare them in pairs')
    .argument('<a>', 'the base')
    .argument('<b>', 'what is held against it');
  for (const flag of optionFlags(MEASURING)) command.addOption(flag);
  for (const flag of compareFlags()) command.addOption(flag);
  command
    .option('--out <folder>', 'where to write the two files (default: bench-results/local/)')
    .addHelpText('after', HELP)
    .action(async (a: string, b: string, flags: AbFlags) => finish(await abCommand(a, b, flags, io)));
}

type AbFlags = CompareFlags & { readonly out?: string };

async function abCommand(a: string, b: string, flags: AbFlags, io: Io): Promise<ExitCode> {
  const options = optionsFromFlags(flags as unknown as Record<string, unknown>);
  const pair = parseArms(a, b, options, io);
  for (const { filter } of pair.arms) chosenIds(filter.length > 0 ? { ...options, filter } : options);
  const settings = { ...(await compareSettings(flags, io)), ...pair.compare };
  const folder =
    flags.out === undefined ? join(io.packageFolder, 'bench-results', 'local') : resolve(io.cwd, flags.out);
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const paths = ['a', 'b'].map((side) => join(folder, `ab_${stamp}_${side}.json`)) as [string, string];
  await requireWritable(paths[0], io.cwd);
  const ended = await measure(pair, paths, options, io);
  const paint = paintFor(io.stderr, io.env);
  const [first, second] = ended.files;
  if (first || second) io.stderr.write(`wrote ${paths[0]}\nwrote ${paths[1]}\n`);
  if (ended.interrupted) {
    io.stderr.write(`${paint('warn', 'interrupted')}: the files hold what was finished\n`);
    return EXIT.interrupted;
  }
  if (!first || !second) throw new Error('a campaign that was not interrupted leaves two files');
  const labelled = [first, second].map((file, i) => ({ label: pair.arms[i]!.label, file }));
  const gate = await printComparison(labelled[0]!, [labelled[1]!], settings, flags, io);
  const reasons = labelled.flatMap(({ label, file }) => judgeRun(file).reasons.map((reason) => `${label}: ${reason}`));
  for (const reason of reasons) io.stderr.write(`${paint('bad', 'failed')}: ${reason}\n`);
  return reasons.length > 0 ? EXIT.failed : gate;
}

async function measure(
  { arms }: ArmPair,
  paths: readonly [string, string],
  options: Options,
  io: Io,
): ReturnType<typeof runTurns> {
  const browser = ensureBrowser(await thisMachine(io.stderr));
  const servers: Awaited<ReturnType<typeof startPageServer>>[] = [];
  try {
    for (const { pageFolder } of arms) servers.push(await startPageServer({ pageFolder }));
    const side = (i: 0 | 1) => ({ arm: arms[i], url: servers[i]!.url, store: fileStore(paths[i]) });
    const source = localBrowsers(browser.path, options.headed);
    return await runTurns({ sides: [side(0), side(1)], source, options, pairs: pairsOf(options), io });
  } finally {
    for (const server of servers) await server.close();
  }
}

/** Three pairs see little of their own spread, so that the usual preset is taken one step up. */
function pairsOf({ sessions, preset }: Options): number {
  if (sessions > 0) return sessions;
  return SESSION_PRESETS[preset === 'default' ? 'gate' : (preset as SessionPreset)];
}
