// `fleetmark doctor`: opens the page as a run would and says what was found, and why there is no GPU.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, type ExitCode, messageOf } from '../../core/errors.ts';
import { DEFAULT_OPTIONS } from '../../core/options.ts';
import { openNativeSession } from '../../native/session-client.ts';
import {
  type DoctorReport,
  formatDoctorText,
  formatNativeDoctorText,
  type NativeDoctorReport,
} from '../../report/text-doctor.ts';
import { gpuNodes } from '../browser.ts';
import { localBrowsers } from '../browser-source.ts';
import { adviseOn } from '../doctor-advice.ts';
import { ensureBrowser, type FoundBrowser } from '../find-browser.ts';
import { type Io, paintFor } from '../io.ts';
import { nativeCommand } from '../native-host.ts';
import { hasAdapter, openUsablePage, type UsablePage } from '../open-usable.ts';
import { startPageServer } from '../page-server.ts';
import { thisMachine } from '../this-machine.ts';

export interface DoctorFlags {
  readonly json?: boolean;
  readonly headed?: boolean;
  readonly requireGpu?: boolean;
  readonly lane?: string;
}

export async function doctorCommand(flags: DoctorFlags, io: Io): Promise<ExitCode> {
  const native = await describeNative(io);
  if (flags.lane === 'native') {
    const text = flags.json
      ? JSON.stringify(native, null, 1)
      : formatNativeDoctorText(native, paintFor(io.stdout, io.env));
    io.stdout.write(`${text}\n`);
    const isGpu = native.environment?.adapter.isSoftware === false;
    return !native.environment || (flags.requireGpu && !isGpu) ? EXIT.noAdapter : EXIT.ok;
  }
  const browser = ensureBrowser(await thisMachine(io.stderr));
  const server = await startPageServer({ pageFolder: io.pageFolder });
  try {
    const usable = await openUsablePage(localBrowsers(browser.path, flags.headed === true), server.url, () => {});
    await usable.session.close();
    const report = { ...reportOn(browser, usable), native };
    const text = flags.json ? JSON.stringify(report, null, 1) : formatDoctorText(report, paintFor(io.stdout, io.env));
    io.stdout.write(`${text}\n`);
    return flags.requireGpu && report.verdict !== 'gpu' ? EXIT.noAdapter : EXIT.ok;
  } finally {
    await server.close();
  }
}

/** In a process of its own, as a session would be: a driver that crashes takes only that one along. */
async function describeNative(io: Io): Promise<NativeDoctorReport> {
  try {
    const session = await openNativeSession(nativeCommand(io.packageFolder), DEFAULT_OPTIONS, null, () => {});
    await session.close();
    return session.described;
  } catch (error) {
    return { environment: null, timer: null, problem: messageOf(error) };
  }
}

function reportOn(browser: FoundBrowser, { session, attempts }: UsablePage): Omit<DoctorReport, 'native'> {
  const { described } = session;
  const found = hasAdapter(described) ? described.environment : null;
  const verdict = !found ? 'none' : found.adapter.isSoftware ? 'software' : 'gpu';
  const platform = process.platform;
  const nodes = platform === 'linux' ? gpuNodes() : [];
  return {
    browser: { ...browser, version: session.browserVersion },
    attempts: attempts.map(({ plan, adapter, problem }) => ({
      name: plan.name,
      flags: plan.flags,
      outcome: adapter ?? problem ?? 'no adapter',
    })),
    environment: found,
    timer: found ? described.timer : null,
    gpuNodes: platform === 'linux' ? nodes : null,
    verdict,
    advice: adviseOn({
      verdict,
      platform,
      gpuNodes: nodes.map((path) => ({ path, accessible: isAccessible(path) })),
      vulkanDrivers: platform === 'linux' ? vulkanDrivers() : [],
    }),
  };
}

function isAccessible(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Manifests that the Vulkan loader reads (https://vulkan.lunarg.com, "Loader and Driver Interface"). */
function vulkanDrivers(): string[] {
  return ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
  );
}
