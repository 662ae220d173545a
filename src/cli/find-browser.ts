// Decides which browser to use, and how to get one where there is none. Pure: the machine is handed in.
import { posix, win32 } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';

export interface FoundBrowser {
  readonly path: string;
  readonly source: 'FLEETMARK_BROWSER' | 'installed' | 'playwright';
}

/** What the decision needs to know of the machine, and the two remedies it may try. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  exists(path: string): boolean;
  /** Whether the file starts at all; a stub or a build without its libraries does not. */
  starts(path: string): boolean;
  /** Where Playwright keeps, or would keep, its own Chromium. */
  readonly playwrightPath: string;
  downloadWithPlaywright(): boolean;
  installDebianPackage(): boolean;
}

const LINUX_NAMES = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PATHS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
  'Chromium\\Application\\chrome.exe',
];

/** The browser to use, or null when none is there. Throws a UserError when FLEETMARK_BROWSER names no file. */
export function findBrowser(machine: Machine): FoundBrowser | null {
  const named = machine.env.FLEETMARK_BROWSER;
  if (named) {
    if (machine.exists(named)) return { path: named, source: 'FLEETMARK_BROWSER' };
    throw new UserError(
      `FLEETMARK_BROWSER is '${named}', but there is no such file. Set it to a Chrome, Chromium or Edge executable, or unset it.`,
      EXIT.noAdapter,
    );
  }
  const usable = (path: string): boolean => machine.exists(path) && machine.starts(path);
  const installed = installedPaths(machine).find(usable);
  if (installed) return { path: installed, source: 'installed' };
  return usable(machine.playwrightPath) ? { path: machine.playwrightPath, source: 'playwright' } : null;
}

/** As findBrowser, but gets a browser where there is none. Throws a UserError naming the remedies when none worked. */
export function ensureBrowser(machine: Machine): FoundBrowser {
  const found = findBrowser(machine);
  if (found) return found;
  for (const remedy of [machine.downloadWithPlaywright, canUseApt(machine) ? machine.installDebianPackage : null]) {
    // A remedy that says it worked may still leave a browser that lacks its libraries.
    const gained = remedy?.call(machine) ? findBrowser(machine) : null;
    if (gained) return gained;
  }
  throw new UserError(
    [
      'no Chrome, Chromium or Edge found, and none could be installed. Do one of these:',
      '  1. install one of them, or set FLEETMARK_BROWSER to its executable',
      '  2. npx playwright install --with-deps chromium   (needs the network)',
      '  3. on Debian or Ubuntu, as root: apt-get update && apt-get install -y chromium',
    ].join('\n'),
    EXIT.noAdapter,
  );
}

function canUseApt({ platform, isRoot, exists }: Machine): boolean {
  return platform === 'linux' && isRoot && exists('/etc/debian_version') && exists('/usr/bin/apt-get');
}

/** Well-known places, most specific first. Snap's Chromium is left out: it cannot read a profile under /tmp. */
function installedPaths({ platform, env }: Machine): string[] {
  if (platform === 'darwin') {
    const folders = ['/Applications', ...(env.HOME ? [posix.join(env.HOME, 'Applications')] : [])];
    return MAC_APPS.flatMap((app) => folders.map((folder) => `${folder}/${app}.app/Contents/MacOS/${app}`));
  }
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((root) => root !== undefined);
    return WINDOWS_PATHS.flatMap((path) => roots.map((root) => win32.join(root, path)));
  }
  const folders = [...(env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin'];
  const searched = [...new Set(folders)].filter((folder) => folder.startsWith('/') && !folder.startsWith('/snap'));
  return [
    ...LINUX_NAMES.flatMap((name) => searched.map((folder) => posix.join(folder, name))),
    '/opt/google/chrome/chrome',
    '/usr/lib/chromium/chromium',
    '/opt/microsoft/msedge/msedge',
  ];
}
