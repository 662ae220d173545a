// bench --connect against browsers that Playwright's own server starts, as on other machines but for the wire between.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readResultFiles } from '../results/read.ts';

const CLI = join(import.meta.dirname, '../../dist/cli/fleetmark.js');
const PLAYWRIGHT = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
const PROBE = ['--suite', 'smoke', '--filter', 'kernel/fma/vec4:threads=16384*', '--sessions', '1'];
const FLAGS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

let folder = '';
let servers: ChildProcess[] = [];
let endpoints: string[] = [];

/** The address with the browser that this machine has, which need not be where Playwright looks. */
function withBrowser(endpoint: string): string {
  const launch = JSON.stringify({ executablePath: process.env.FLEETMARK_BROWSER });
  return `${endpoint}?launch-options=${encodeURIComponent(launch)}`;
}

async function startServer(): Promise<{ server: ChildProcess; endpoint: string }> {
  const server = spawn(process.execPath, [PLAYWRIGHT, 'run-server', '--port', '0', '--host', '127.0.0.1', '--unsafe']);
  const [text] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
  return { server, endpoint: /ws:\S+/.exec(text)![0] };
}

async function bench(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [CLI, 'bench', ...args], { cwd: folder });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-e2e-'));
  const started = await Promise.all([startServer(), startServer()]);
  servers = started.map(({ server }) => server);
  endpoints = started.map(({ endpoint }) => endpoint);
});
afterAll(async () => {
  for (const server of servers) server.kill();
  await rm(folder, { recursive: true });
});

it('measures two browsers of two servers into one file with two devices', async () => {
  const connect = endpoints.flatMap((endpoint, i) => ['--connect', `gpu-${i}=${withBrowser(endpoint)}`]);
  const { code, stderr } = await bench(...PROBE, ...connect, '--out', 'two.json');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const files = readResultFiles(await readFile(join(folder, 'two.json'), 'utf8'), 'two.json');
  expect(files.map(({ environment }) => environment.label)).toEqual(['gpu-0', 'gpu-1']);
  for (const { environment, sessions } of files) {
    // Isolated, and with an adapter at all, only because the page came over loopback.
    expect(environment).toMatchObject({ crossOriginIsolated: true, browser: { headless: true } });
    expect(sessions).toMatchObject([{ state: 'complete', rows: [{ state: 'ok' }] }]);
    expect(environment.browser.flags).toContain('--headless');
    expect(environment.browser.flags.join(' ')).not.toMatch(/proxy|user-data-dir|remote-debugging/);
  }
});

it('refuses another version of Playwright, before anything is measured', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  // What a server of another version answers, down to the status.
  server.on('upgrade', (_request, socket) =>
    socket.end('HTTP/1.1 428 Precondition Required\r\n\r\nPlaywright version mismatch:\n  - server version: v1.40\n'),
  );
  await once(server, 'listening');
  const other = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { code, stderr } = await bench(
    ...PROBE,
    '--connect',
    withBrowser(endpoints[0]!),
    '--connect',
    other,
    '--out',
    'no.json',
  );
  server.close();
  expect(stderr).toMatch(
    /the server there is Playwright 1\.40, this is 1\.\d+\.\d+: .*npx playwright@1\.\d+\.\d+ run-server/,
  );
  expect(code).toBe(4);
  await expect(readFile(join(folder, 'no.json'))).rejects.toThrow('ENOENT');
});

it('refuses a browser that was already running', async () => {
  const running = await chromium.launchServer({ executablePath: process.env.FLEETMARK_BROWSER!, args: FLAGS });
  const { code, stderr } = await bench(...PROBE, '--connect', running.wsEndpoint());
  await running.close();
  expect(stderr).toContain('already running (launchServer)');
  expect(code).toBe(4);
});

it('ends, and says so, where no browser starts', async () => {
  const launch = encodeURIComponent('{"executablePath":"/no/such/browser"}');
  const { code, stderr } = await bench(...PROBE, '--connect', `${endpoints[0]}?launch-options=${launch}`);
  expect(stderr).toMatch(/no browser starts there\n.*\/no\/such\/browser/);
  expect(code).toBe(4);
});
