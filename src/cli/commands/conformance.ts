// `fleetmark conformance [DIR]`: runs ONNX test cases through the very path that measures models, or the one that measures
// our kernels, and model files through the readers that load them, one line a case.
import { access } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { EXIT, type ExitCode, messageOf, UserError } from '../../core/errors.ts';
import type { ConformanceUrls, PageAutomation } from '../../workers/api.ts';
import { localBrowsers } from '../browser-source.ts';
import { type CaseFiles, findConformanceCases } from '../conformance-cases.ts';
import { findFileCases } from '../conformance-files.ts';
import { ensureBrowser } from '../find-browser.ts';
import { type Interruption, watchInterrupts } from '../interruption.ts';
import { type Io, paintFor } from '../io.ts';
import { openUsablePage, requireAdapter } from '../open-usable.ts';
import { refuse, sendFile, startPageServer } from '../page-server.ts';
import type { PageSession } from '../page-session.ts';
import { thisMachine } from '../this-machine.ts';

type Target = Parameters<PageAutomation['conformance']>[1];
type Provider = Exclude<Target, 'kernels'>;
type Result = Awaited<ReturnType<PageAutomation['conformance']>>;

export const CONFORMANCE_PROVIDERS = ['webgpu', 'wasm'] as const satisfies readonly Provider[];

/** Where the cases run: onnxruntime-web on the provider, or our own kernels. */
export const CONFORMANCE_TARGETS = ['onnxruntime-web', 'kernels'] as const;

interface ConformanceFlags {
  readonly ep: Provider;
  readonly on: (typeof CONFORMANCE_TARGETS)[number];
}

const NO_CASE =
  'no test case (node/*/model.onnx with test_data_set_*/, light/*.onnx, gguf/*.gguf with .inp and .out, or safetensors/*.safetensors)';

const CASE_PREFIX = '/case/';
/** A case that takes this long hangs; the longest takes half a minute on two busy cores. */
const CASE_LIMIT_MS = 240_000;

export async function conformanceCommand(
  dir: string | undefined,
  { ep, on }: ConformanceFlags,
  io: Io,
): Promise<ExitCode> {
  const target: Target = on === 'kernels' ? 'kernels' : ep;
  const own = join(io.packageFolder, 'models/conformance');
  const folder = dir === undefined ? join(io.packageFolder, 'models/onnx/conformance') : resolve(io.cwd, dir);
  await access(folder).catch(() => {
    throw new UserError(`${dir ?? folder}: no such folder`);
  });
  const cases = await findConformanceCases(folder);
  const files = target === 'kernels' ? [] : await findFileCases(dir === undefined ? own : folder, join(own, 'gguf'));
  if (cases.length + files.length === 0) throw new UserError(`${dir ?? folder}: ${NO_CASE}`);
  const run: Run = { io, counts: { passed: 0, failed: 0, skipped: 0 }, interruption: watchInterrupts(io) };
  try {
    await runEach(files, (file) => file.run(), run);
    if (cases.length > 0) await runInBrowser(cases, folder, target, run);
  } finally {
    run.interruption.stop();
  }
  return close(run);
}

/** In a page that may ask for the cases' files and nothing else of this machine. */
async function runInBrowser(cases: readonly CaseFiles[], folder: string, target: Target, run: Run): Promise<void> {
  const { io } = run;
  const browser = ensureBrowser(await thisMachine(io.stderr));
  const server = await startPageServer({
    pageFolder: io.pageFolder,
    routes: {
      [CASE_PREFIX]: async (rest, response) => {
        const path = join(folder, rest);
        if (path.startsWith(folder + sep)) await sendFile(path, response);
        else refuse(response, 404, 'no such file');
      },
    },
  });
  try {
    const usable = await openUsablePage(localBrowsers(browser.path, false), server.url, () => {});
    try {
      if (target !== 'wasm') requireAdapter(usable, false);
      await runEach(cases, (testCase) => runCase(testCase, usable.session, target), run);
    } finally {
      await usable.session.close();
    }
  } finally {
    await server.close();
  }
}

interface Run {
  readonly io: Io;
  readonly counts: Record<Result['state'], number>;
  readonly interruption: Interruption;
}

/** One after the other until interrupted, a line each. */
async function runEach<T>(cases: readonly T[], runOne: (item: T) => Promise<Result>, run: Run): Promise<void> {
  const { io, counts, interruption } = run;
  const paint = paintFor(io.stdout, io.env);
  for (const item of cases) {
    if (interruption.came) return;
    const result = await Promise.race([runOne(item), interruption.arrival]);
    if (!result) return;
    counts[result.state]++;
    const style = { passed: 'dim', failed: 'bad', skipped: 'warn' } as const;
    io.stdout.write(`${paint(style[result.state], `${result.state.padEnd(7)} ${result.name}`)}  ${result.detail}\n`);
  }
}

function close({ io, counts, interruption }: Run): ExitCode {
  io.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  if (interruption.came) return EXIT.interrupted;
  return counts.failed > 0 || counts.passed + counts.failed === 0 ? EXIT.failed : EXIT.ok;
}

/** Whatever a case throws is a failure of that case, and the next one is run all the same. */
async function runCase(testCase: CaseFiles, session: PageSession, target: Target): Promise<Result> {
  const { name } = testCase;
  if (testCase.outputs.length === 0) return { name, state: 'failed', detail: 'no expected output beside the model' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result>((resolve) => {
    const detail = `no answer within ${CASE_LIMIT_MS / 1000} s`;
    timer = setTimeout(resolve, CASE_LIMIT_MS, { name, state: 'failed', detail });
  });
  try {
    return await Promise.race([session.conformance(urlsOf(testCase), target), late]);
  } catch (error) {
    return { name, state: 'failed', detail: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function urlsOf({ name, model, inputs, outputs }: CaseFiles): ConformanceUrls {
  const url = (file: string): string => CASE_PREFIX + file.split('/').map(encodeURIComponent).join('/');
  return { name, modelUrl: url(model), inputUrls: inputs?.map(url) ?? null, outputUrls: outputs.map(url) };
}
