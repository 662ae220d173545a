// The machine the command line runs on, as find-browser asks about it: probes, and the two installers as child processes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Machine } from './find-browser.ts';
import type { Output } from './io.ts';
import { loadPlaywright } from './load-playwright.ts';

/** Long enough for 200 MB on a slow line; a machine without a network fails within seconds. */
const INSTALL_LIMIT_MS = 15 * 60_000;
const START_LIMIT_MS = 30_000;
/** Another installer may hold the lock, e.g. unattended upgrades on a fresh cloud machine. */
const APT_OPTIONS = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'];

/** Throws a UserError where browsers cannot be driven at all. */
export async function thisMachine(stderr: Output): Promise<Machine> {
  const { chromium } = await loadPlaywright();
  const platform = process.platform;
  return {
    platform,
    env: process.env,
    isRoot: process.getuid?.() === 0,
    exists: existsSync,
    // Elsewhere `--version` would open a window.
    starts: (path) => platform !== 'linux' || runs(path),
    playwrightPath: chromium.executablePath(),
    downloadWithPlaywright() {
      stderr.write('fleetmark: no browser found; downloading Chromium with Playwright\n');
      const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
      return install(process.execPath, [cli, 'install', '--no-shell', 'chromium'], {
        // It tries several times; on a machine without a network each would wait 30 s.
        PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000',
      });
    },
    installDebianPackage() {
      stderr.write("fleetmark: installing the distribution's chromium package\n");
      const apt = (...args: string[]): boolean =>
        install('apt-get', [...APT_OPTIONS, ...args], { DEBIAN_FRONTEND: 'noninteractive' });
      return apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium');
    },
  };
}

function runs(path: string): boolean {
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: START_LIMIT_MS }).status === 0;
}

/** Runs an installer with its output on stderr, so that stdout stays data. */
function install(command: string, args: readonly string[], env: Record<string, string>): boolean {
  const ended = spawnSync(command, args, {
    stdio: ['ignore', process.stderr, process.stderr],
    timeout: INSTALL_LIMIT_MS,
    env: { ...process.env, ...env },
  });
  return ended.status === 0;
}
