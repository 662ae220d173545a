import { describe, expect, it } from 'vitest';
import { ensureBrowser, findBrowser, type Machine } from './find-browser.ts';

const PLAYWRIGHT = '/cache/chromium-1/chrome';

interface Scene {
  platform?: NodeJS.Platform;
  env?: Record<string, string>;
  isRoot?: boolean;
  files?: string[];
  /** Files that exist but do not start. */
  broken?: string[];
  /** Files that a remedy adds; absent: it fails. */
  download?: string[];
  apt?: string[];
}

/** A machine of files in memory that keeps a log of the remedies tried. */
function machineOf(scene: Scene): Machine & { log: string[] } {
  const files = new Set([...(scene.files ?? []), ...(scene.broken ?? [])]);
  const log: string[] = [];
  const remedy = (name: string, adds: string[] | undefined) => (): boolean => {
    log.push(name);
    for (const file of adds ?? []) files.add(file);
    return adds !== undefined;
  };
  return {
    log,
    platform: scene.platform ?? 'linux',
    env: scene.env ?? { PATH: '/usr/local/bin:/usr/bin' },
    isRoot: scene.isRoot ?? false,
    exists: (path) => files.has(path),
    starts: (path) => !scene.broken?.includes(path),
    playwrightPath: PLAYWRIGHT,
    downloadWithPlaywright: remedy('download', scene.download),
    installDebianPackage: remedy('apt', scene.apt),
  };
}

describe('findBrowser', () => {
  it('takes FLEETMARK_BROWSER before anything installed', () => {
    const machine = machineOf({ env: { FLEETMARK_BROWSER: '/my/chrome' }, files: ['/my/chrome', '/usr/bin/chromium'] });
    expect(findBrowser(machine)).toEqual({ path: '/my/chrome', source: 'FLEETMARK_BROWSER' });
  });

  it('refuses a FLEETMARK_BROWSER that is not there rather than take another', () => {
    const machine = machineOf({ env: { FLEETMARK_BROWSER: '/my/chrome' }, files: ['/usr/bin/chromium'] });
    expect(() => findBrowser(machine)).toThrow("FLEETMARK_BROWSER is '/my/chrome', but there is no such file");
  });

  it.each<[string, Scene, string]>([
    ['Chrome before Chromium', { files: ['/usr/bin/chromium', '/usr/bin/google-chrome'] }, '/usr/bin/google-chrome'],
    ['a folder of PATH', { env: { PATH: '/nix/bin' }, files: ['/nix/bin/chromium'] }, '/nix/bin/chromium'],
    [
      'an application of the user on macOS',
      {
        platform: 'darwin',
        env: { HOME: '/Users/a' },
        files: ['/Users/a/Applications/Chromium.app/Contents/MacOS/Chromium'],
      },
      '/Users/a/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    [
      'Edge on Windows',
      {
        platform: 'win32',
        env: { 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' },
        files: ['C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'],
      },
      'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    ],
  ])('finds %s', (_name, scene, path) => {
    expect(findBrowser(machineOf(scene))).toEqual({ path, source: 'installed' });
  });

  it('passes over a stub that does not start', () => {
    const machine = machineOf({ broken: ['/usr/bin/chromium-browser'], files: [PLAYWRIGHT] });
    expect(findBrowser(machine)).toEqual({ path: PLAYWRIGHT, source: 'playwright' });
  });

  it('never takes the snap, which cannot read a profile under /tmp', () => {
    expect(findBrowser(machineOf({ env: { PATH: '/snap/bin' }, files: ['/snap/bin/chromium'] }))).toBeNull();
  });
});

describe('ensureBrowser', () => {
  const debian = ['/etc/debian_version', '/usr/bin/apt-get'];

  it('installs nothing where a browser is', () => {
    const machine = machineOf({ files: ['/usr/bin/chromium', ...debian], isRoot: true, apt: [], download: [] });
    expect(ensureBrowser(machine).path).toBe('/usr/bin/chromium');
    expect(machine.log).toEqual([]);
  });

  it('downloads first', () => {
    const machine = machineOf({ files: debian, isRoot: true, download: [PLAYWRIGHT] });
    expect(ensureBrowser(machine)).toEqual({ path: PLAYWRIGHT, source: 'playwright' });
    expect(machine.log).toEqual(['download']);
  });

  it('installs the distribution’s package as root on Debian, when the download fails', () => {
    const machine = machineOf({ files: debian, isRoot: true, apt: ['/usr/bin/chromium'] });
    expect(ensureBrowser(machine).path).toBe('/usr/bin/chromium');
    expect(machine.log).toEqual(['download', 'apt']);
  });

  it('goes on to the package when the downloaded browser lacks its libraries', () => {
    const scene: Scene = { files: debian, isRoot: true, download: [], apt: ['/usr/bin/chromium'] };
    const machine = machineOf({ ...scene, broken: [PLAYWRIGHT] });
    expect(ensureBrowser(machine).path).toBe('/usr/bin/chromium');
  });

  it.each<[string, Scene]>([
    ['not root', { files: debian }],
    ['another distribution', { files: ['/usr/bin/apt-get'], isRoot: true }],
    ['macOS', { platform: 'darwin', files: debian, isRoot: true }],
  ])('names the three remedies and leaves apt alone: %s', (_name, scene) => {
    const machine = machineOf(scene);
    expect(() => ensureBrowser(machine)).toThrow(
      /FLEETMARK_BROWSER[\s\S]*npx playwright install[\s\S]*apt-get install -y chromium/,
    );
    expect(machine.log).toEqual(['download']);
  });

  it('ends with exit code 4', () => {
    expect(() => ensureBrowser(machineOf({}))).toThrow(expect.objectContaining({ exitCode: 4 }));
  });
});
