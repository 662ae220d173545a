// Starts a browser with exactly the given flags and a profile of its own, and stops it without leaving either behind.
import { existsSync, readdirSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Browser } from 'playwright';
import { EXIT, messageOf, UserError } from '../core/errors.ts';
import type { LaunchFacts } from './launch-plans.ts';
import { loadPlaywright } from './load-playwright.ts';

export interface RunningBrowser {
  readonly browser: Browser;
  /** As a result file records them: all that could change a number, no path and no address. */
  readonly flags: readonly string[];
  close(): Promise<void>;
}

/** Launches without any of Playwright's default flags, which would make the browser differ from a hand-opened one. */
export async function launchBrowser(executable: string, flags: readonly string[]): Promise<RunningBrowser> {
  const { chromium } = await loadPlaywright();
  const profile = await mkdtemp(join(tmpdir(), 'fleetmark-profile-'));
  const removeProfile = (): Promise<void> => rm(profile, { recursive: true, force: true, maxRetries: 5 });
  try {
    const browser = await chromium.launch({
      executablePath: executable,
      headless: false,
      ignoreDefaultArgs: true,
      args: ['--remote-debugging-pipe', `--user-data-dir=${profile}`, '--no-startup-window', ...flags],
      // An interrupt cancels the run first; the browser is closed when the partial file is safe.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: 60_000,
    });
    return {
      browser,
      flags,
      async close() {
        await browser.close();
        await removeProfile();
      },
    };
  } catch (error) {
    await removeProfile();
    throw new UserError(
      `${executable} did not start: ${launchFault(messageOf(error))}\nFLEETMARK_BROWSER names another Chrome, Chromium or Edge; npm run doctor tries them`,
      EXIT.noAdapter,
    );
  }
}

/** What this machine says about launching a browser on it. */
export function launchFacts(headed: boolean): LaunchFacts {
  const linux = process.platform === 'linux';
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    headed,
    hasGpuNode: gpuNodes().length > 0,
    sharedMemoryBytes: linux && existsSync('/dev/shm') ? freeBytes('/dev/shm') : null,
  };
}

/** Device files of GPUs that the kernel shows; empty where there are none or on another system. */
export function gpuNodes(): string[] {
  const list = (folder: string, pattern: RegExp): string[] =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => pattern.test(name))
          .map((name) => join(folder, name))
      : [];
  // /dev/dxg is the GPU as Windows lends it to Linux under WSL 2.
  return [...list('/dev/dri', /^renderD/), ...list('/dev', /^(nvidia\d+|dxg)$/)];
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Lines of a launcher's log that a person is shown. */
const SHOWN_LINES = 8;

/** Of the launcher's long log: what it says first, and what the browser itself wrote to stderr, without its command line. */
function launchFault(log: string): string {
  const lines = stripVTControlCharacters(log).split('\n');
  const said = lines.flatMap((line) => /\[pid=\d+\]\[err\] (.*)/.exec(line)?.[1] ?? []);
  return [lines[0]!.replace(/^browserType\.\w+: /, ''), ...new Set(said)].slice(0, SHOWN_LINES).join('\n  ');
}
