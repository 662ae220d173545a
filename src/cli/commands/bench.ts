// `fleetmark bench`: serves the page, runs it in a fresh browser a session, follows it, and ends with a table and a file.
import { relative } from 'node:path';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { type Options, queryFromOptions } from '../../core/options.ts';
import { buildFleetReport } from '../../fleet/report.ts';
import { DEFAULT_FLEET_SETTINGS } from '../../fleet/settings.ts';
import { formatFleetLine } from '../../report/fleet-text.ts';
import { formatResultText } from '../../report/text-result.ts';
import type { ResultFile } from '../../results/schema.ts';
import { localBrowsers } from '../browser-source.ts';
import { chosenIds } from '../case-list.ts';
import { ensureBrowser } from '../find-browser.ts';
import { type Io, paintFor } from '../io.ts';
import { MODEL_PREFIX, openModelSource } from '../model-source.ts';
import { judgeRun } from '../outcome.ts';
import { startPageServer } from '../page-server.ts';
import { findBaseline, requireWritable } from '../result-store.ts';
import { type EndedRun, runSessions } from '../run-sessions.ts';
import { thisMachine } from '../this-machine.ts';

export async function benchCommand(options: Options, io: Io): Promise<ExitCode> {
  const model = options.model === '' ? null : await openModelSource(options.model, io.cwd);
  const ids = model ? [] : chosenIds(options);
  if (options.list) {
    io.stdout.write(ids.map((id) => `${id}\n`).join(''));
    return EXIT.ok;
  }
  if (options.out !== '') await requireWritable(options.out, io.cwd);
  const browser = ensureBrowser(thisMachine(io.stderr));
  const server = await startPageServer({
    pageFolder: io.pageFolder,
    routes: model ? { [MODEL_PREFIX]: model.route } : {},
  });
  try {
    const query = queryFromOptions({ ...options, ...(model ? { model: model.pagePath } : {}) });
    const ended = await runSessions({
      source: localBrowsers(browser.path, options.headed),
      url: `${server.url}?${query}`,
      options: model ? { ...options, model: model.name } : options,
      io,
    });
    return await report(ended, options, io);
  } finally {
    await server.close();
  }
}

async function report({ recording, interrupted }: EndedRun, options: Options, io: Io): Promise<ExitCode> {
  const paint = paintFor(io.stderr, io.env);
  if (recording) await printResult(recording.file(), recording.path, interrupted, options, io);
  if (interrupted) {
    const kept = recording ? 'the file holds what was finished' : 'nothing was measured yet';
    io.stderr.write(`${paint('warn', 'interrupted')}: ${kept}\n`);
    return EXIT.interrupted;
  }
  if (!recording) throw new Error('a run that was not interrupted leaves a recording');
  const { exitCode, reasons } = judgeRun(recording.file());
  for (const reason of reasons) io.stderr.write(`${paint('bad', 'failed')}: ${reason}\n`);
  return exitCode;
}

/** The data on stdout: the table, or the file as JSON. What comes after it goes to stderr when stdout is JSON. */
async function printResult(
  file: ResultFile,
  path: string,
  interrupted: boolean,
  options: Options,
  io: Io,
): Promise<void> {
  const next = interrupted ? [] : [`next: ${await nextCommand(file, path, io.cwd)}`];
  const closing = [`wrote ${shownPath(path, io.cwd)}`, ...next].map((line) => `${line}\n`).join('');
  if (options.json) {
    io.stdout.write(`${JSON.stringify(file, null, 1)}\n`);
    io.stderr.write(closing);
    return;
  }
  const fleet = interrupted ? [] : fleetLines(file);
  const blocks = [formatResultText(file, paintFor(io.stdout, io.env)), ...fleet, closing];
  io.stdout.write(blocks.join('\n\n'));
}

/** After a whole suite only: a chosen few cases say nothing of a fleet. */
function fleetLines(file: ResultFile): string[] {
  return isWholeSuite(file) ? [formatFleetLine(buildFleetReport(file, DEFAULT_FLEET_SETTINGS))] : [];
}

/** The most useful thing to type now: a comparison where there is an earlier file of this adapter. */
async function nextCommand(file: ResultFile, path: string, cwd: string): Promise<string> {
  const baseline = await findBaseline(path, file);
  if (baseline) return `npm run compare -- ${shownPath(baseline, cwd)} ${shownPath(path, cwd)}`;
  return isWholeSuite(file) ? `npm run fleet -- ${shownPath(path, cwd)}` : 'npm run bench';
}

function isWholeSuite({ plan: { suite, nonDefault } }: ResultFile): boolean {
  return (suite === 'default' || suite === 'full') && !nonDefault.filter && !nonDefault.model;
}

function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  const shown = short.startsWith('..') ? path : short;
  return /[\s'"]/.test(shown) ? `"${shown}"` : shown;
}
