// `fleetmark conformance [DIR]`: runs ONNX test cases through the very path that measures models, or the one that measures
// our kernels, one line a case.
import { access } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { EXIT, type ExitCode, messageOf, UserError } from '../../core/errors.ts';
import type { ConformanceUrls, PageAutomation } from '../../workers/api.ts';
import { localBrowsers } from '../browser-source.ts';
import { type CaseFiles, findConformanceCases } from '../conformance-cases.ts';
import { ensureBrowser } from '../find-browser.ts';
import { watchInterrupts } from '../interruption.ts';
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

const CASE_PREFIX = '/case/';
/** A case that takes this long hangs; the longest takes half a minute on two busy cores. */
const CASE_LIMIT_MS = 240_000;

export async function conformanceCommand(
  dir: string | undefined,
  { ep, on }: ConformanceFlags,
  io: Io,
): Promise<ExitCode> {
  const target: Target = on === 'kernels' ? 'kernels' : ep;
  const folder = dir === undefined ? join(io.packageFolder, 'models/onnx/conformance') : resolve(io.cwd, dir);
  await access(folder).catch(() => {
    throw new UserError(`${dir ?? folder}: no such folder`);
  });
  const cases = await findConformanceCases(folder, dir ?? folder);
  const browser = ensureBrowser(thisMachine(io.stderr));
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
      return await runCases(cases, usable.session, target, io);
    } finally {
      await usable.session.close();
    }
  } finally {
    await server.close();
  }
}

async function runCases(cases: readonly CaseFiles[], session: PageSession, target: Target, io: Io): Promise<ExitCode> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const paint = paintFor(io.stdout, io.env);
  const interruption = watchInterrupts(io);
  for (const testCase of cases) {
    const result = await Promise.race([runCase(testCase, session, target), interruption.arrival]);
    if (!result) break;
    counts[result.state]++;
    const style = { passed: 'dim', failed: 'bad', skipped: 'warn' } as const;
    io.stdout.write(`${paint(style[result.state], `${result.state.padEnd(7)} ${testCase.name}`)}  ${result.detail}\n`);
  }
  interruption.stop();
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
