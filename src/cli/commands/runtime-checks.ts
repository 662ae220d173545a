// `fleetmark conformance --runtimes`: holds every decoding runtime to the same list of promises, one line a check.
import { MODEL_RUNTIMES, type ModelRuntime } from '../../../models/decoder-cases.ts';
import { WEIGHT_TYPES, type WeightType } from '../../../models/decoder-cost.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import type { PageAutomation } from '../../workers/api.ts';
import { localBrowsers } from '../browser-source.ts';
import { extraServing } from '../extra-runtimes.ts';
import { ensureBrowser } from '../find-browser.ts';
import { type Io, paintFor } from '../io.ts';
import { openUsablePage } from '../open-usable.ts';
import { startPageServer } from '../page-server.ts';
import { thisMachine } from '../this-machine.ts';

type RuntimeCheck = Awaited<ReturnType<PageAutomation['checkRuntime']>>[number];

export async function runtimeChecksCommand(io: Io): Promise<ExitCode> {
  const browser = ensureBrowser(await thisMachine(io.stderr));
  const server = await startPageServer({ pageFolder: io.pageFolder, ...extraServing([io.packageFolder, io.cwd]) });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const usable = await openUsablePage(localBrowsers(browser.path, false), server.url, () => {});
    try {
      for (const runtime of MODEL_RUNTIMES) {
        for (const type of WEIGHT_TYPES) {
          for (const check of await usable.session.checkRuntime(runtime, type)) {
            counts[check.state]++;
            io.stdout.write(lineOf(runtime, type, check, io));
          }
        }
      }
    } finally {
      await usable.session.close();
    }
  } finally {
    await server.close();
  }
  io.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return counts.failed > 0 || counts.passed === 0 ? EXIT.failed : EXIT.ok;
}

function lineOf(runtime: ModelRuntime, type: WeightType, { name, state, detail }: RuntimeCheck, io: Io): string {
  const style = { passed: 'dim', failed: 'bad', skipped: 'warn' } as const;
  const subject = `${state.padEnd(7)} ${runtime} ${type}: ${name}`;
  return `${paintFor(io.stdout, io.env)(style[state], subject)}  ${detail.replaceAll('\n', '; ')}\n`;
}
