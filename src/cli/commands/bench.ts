// `fleetmark bench`: runs session after session, in fresh browsers on the served page or in fresh Node processes, and ends
// with a table and a file.
import { relative, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { type Options, queryFromOptions } from '../../core/options.ts';
import { DEFAULT_SCENARIO } from '../../fleet/scenario.ts';
import { deviceName } from '../../report/environment.ts';
import { formatFleetLine } from '../../report/fleet-text.ts';
import { formatResultText } from '../../report/text-result.ts';
import { packFiles } from '../../results/bundle.ts';
import type { ResultFile } from '../../results/schema.ts';
import { openDevices } from '../bench-devices.ts';
import { browserHost } from '../browser-host.ts';
import { chosenIds } from '../case-list.ts';
import { extraServing } from '../extra-runtimes.ts';
import { type Io, paintFor, tableWidth } from '../io.ts';
import { MODEL_PREFIX, type ModelSource, openModelSource } from '../model-source.ts';
import { nativeCommand, nativeHost } from '../native-host.ts';
import { judgeRun } from '../outcome.ts';
import { startPageServer } from '../page-server.ts';
import { llamaBenchReferences, peerReferences } from '../references/references.ts';
import { findBaseline, openResultStore, requireWritable } from '../result-store.ts';
import { type EndedRun, runSessions } from '../run-sessions.ts';
import { fleetReport } from './fleet.ts';

export async function benchCommand(options: Options, io: Io): Promise<ExitCode> {
  const model = options.model === '' ? null : await openModelSource(options.model, io);
  const ids = model ? [] : chosenIds(options);
  if (options.list) {
    io.stdout.write(ids.map((id) => `${id}\n`).join(''));
    return EXIT.ok;
  }
  if (options.out !== '') await requireWritable(options.out, io.cwd);
  const ended =
    options.lane === 'native' ? [await runNative(options, model, io)] : await runInBrowsers(options, model, io);
  // Browsers may be on other machines; a native program would run on this one.
  if (options.connect.length === 0) for (const run of ended) await addReferences(run, options, io);
  return report(ended, options, io);
}

function runNative(options: Options, model: ModelSource | null, io: Io): Promise<EndedRun> {
  const named = model ? { ...options, model: model.name } : options;
  return runSessions({
    host: nativeHost(nativeCommand(io.packageFolder), named, model?.located ?? null),
    options: named,
    openStore: (first) => openResultStore(options.out, io.cwd, io.packageFolder, first),
    io,
  });
}

async function runInBrowsers(options: Options, model: ModelSource | null, io: Io): Promise<EndedRun[]> {
  const devices = await openDevices(options, io);
  const extras = extraServing([io.packageFolder, io.cwd]);
  const server = await startPageServer({
    ...extras,
    pageFolder: io.pageFolder,
    routes: { ...extras.routes, ...(model ? { [MODEL_PREFIX]: model.route } : {}) },
  });
  try {
    const query = queryFromOptions({ ...options, ...(model ? { model: model.pagePath } : {}) });
    const url = `${server.url}?${query}`;
    const ended: EndedRun[] = [];
    for (const { source, label, openStore } of devices) {
      const named = { ...options, label, ...(model ? { model: model.name } : {}) };
      ended.push(await runSessions({ host: browserHost(source, url, named), options: named, openStore, io }));
      if (ended.at(-1)!.interrupted) break;
    }
    return ended;
  } finally {
    await server.close();
  }
}

/** Native libraries beside what was measured, where this machine has them. */
async function addReferences({ recording, interrupted }: EndedRun, options: Options, io: Io): Promise<void> {
  if (!recording || interrupted) return;
  const isGguf = /\.gguf$/i.test(options.model) && !/^(hf:|https?:)/i.test(options.model);
  const added = isGguf ? llamaBenchReferences(resolve(io.cwd, options.model)) : peerReferences(recording.file());
  for (const note of added.notes) io.stderr.write(`${note}\n`);
  if (added.rows.length > 0) await recording.append(added.rows);
}

async function report(ended: readonly EndedRun[], options: Options, io: Io): Promise<ExitCode> {
  const paint = paintFor(io.stderr, io.env);
  const recordings = ended.flatMap(({ recording }) => recording ?? []);
  const interrupted = ended.some((run) => run.interrupted);
  const files = recordings.map((recording) => recording.file());
  if (files.length > 0) await printResult(files, recordings[0]!.path, interrupted, options, io);
  if (interrupted) {
    const kept = files.length > 0 ? 'the file holds what was finished' : 'nothing was measured yet';
    io.stderr.write(`${paint('warn', 'interrupted')}: ${kept}\n`);
    return EXIT.interrupted;
  }
  if (files.length !== ended.length) throw new Error('a run that was not interrupted leaves a recording');
  let exitCode: ExitCode = EXIT.ok;
  for (const file of files) {
    const verdict = judgeRun(file);
    const device = files.length > 1 ? ` on ${deviceName(file.environment)}` : '';
    for (const reason of verdict.reasons) io.stderr.write(`${paint('bad', 'failed')}${device}: ${reason}\n`);
    if (verdict.exitCode !== EXIT.ok) exitCode = verdict.exitCode;
  }
  return exitCode;
}

/** The data on stdout: a table a device, or the file as JSON. What comes after it goes to stderr when stdout is JSON. */
async function printResult(
  files: readonly ResultFile[],
  path: string,
  interrupted: boolean,
  options: Options,
  io: Io,
): Promise<void> {
  const next = interrupted ? [] : [`next: ${await nextCommand(files, path, io.cwd)}`];
  const closing = [`wrote ${shownPath(path, io.cwd)}`, ...next].map((line) => `${line}\n`).join('');
  if (options.json) {
    io.stdout.write(`${JSON.stringify(packFiles(files), null, 1)}\n`);
    io.stderr.write(closing);
    return;
  }
  const fleet = interrupted ? [] : (await Promise.all(files.map(fleetLines))).flat();
  const tables = files.map((file) => formatResultText(file, paintFor(io.stdout, io.env), tableWidth(io.stdout)));
  io.stdout.write([...tables, ...fleet, closing].join('\n\n'));
}

/** After a whole suite only: a chosen few cases say nothing of a fleet. */
async function fleetLines(file: ResultFile): Promise<string[]> {
  return isWholeSuite(file) ? [formatFleetLine((await fleetReport(file, DEFAULT_SCENARIO)).fleet)] : [];
}

/** The most useful thing to type now: a comparison where there is an earlier file of this adapter. */
async function nextCommand(files: readonly ResultFile[], path: string, cwd: string): Promise<string> {
  const [file] = files;
  if (files.length > 1) return `npm run fleetmark -- show ${shownPath(path, cwd)}`;
  const baseline = await findBaseline(path, file!);
  if (baseline) return `npm run compare -- ${shownPath(baseline, cwd)} ${shownPath(path, cwd)}`;
  return isWholeSuite(file!) ? `npm run fleet -- ${shownPath(path, cwd)}` : 'npm run bench';
}

function isWholeSuite({ plan: { suite, nonDefault } }: ResultFile): boolean {
  return (suite === 'default' || suite === 'full') && !nonDefault.filter && !nonDefault.model;
}

function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  const shown = short.startsWith('..') ? path : short;
  return /[\s'"]/.test(shown) ? `"${shown}"` : shown;
}
