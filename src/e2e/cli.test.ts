// The built command line in a real browser: what it prints, writes and ends with, for good runs and for bad ones.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WARNINGS } from '../core/warnings.ts';
import { readResultFile } from '../results/read.ts';
import type { ResultFile } from '../results/schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'dist/cli/fleetmark.js');
const CONFORMANCE = join(ROOT, 'models/onnx/conformance');
/** A few short cases. */
// Probes that every adapter runs; the larger ones are for a GPU.
const SMALL = ['kernel/stream/read:bytes=16*', 'kernel/fma/vec4:threads=16384*'];
const PROBES = ['--suite', 'smoke', ...SMALL.flatMap((pattern) => ['--filter', pattern])];

let folder = '';
let hasGpu = false;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, env: { ...process.env, ...env } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...texts }));
  });
  return { process: child, ended };
}

const run = (...args: string[]): Promise<Ended> => start(args).ended;

async function load(name: string): Promise<ResultFile> {
  return readResultFile(await readFile(join(folder, name), 'utf8'), name);
}

/** Resolves when the file holds at least one row; rejects with what was said when the run ends before. */
async function firstRow(name: string, running: Running): Promise<void> {
  let over: Ended | null = null;
  running.ended.then((ended) => {
    over = ended;
  });
  while (over === null) {
    const file = await load(name).catch(() => null);
    if (file?.sessions[0]?.rows.length) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the run ended before its first row: ${JSON.stringify(over)}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-e2e-'));
  const doctor = await run('doctor', '--json');
  hasGpu = JSON.parse(doctor.stdout).verdict === 'gpu';
});
afterAll(() => rm(folder, { recursive: true }));

describe('bench', () => {
  it('prints the very file it writes, alone on stdout, with --json', async () => {
    const { code, stdout, stderr } = await run('bench', ...PROBES, '--json', '--sessions', '1', '--out', 'probes.json');
    expect(stderr).toContain('wrote probes.json');
    expect(code).toBe(0);
    const file = readResultFile(stdout, 'stdout');
    expect(file).toEqual(await load('probes.json'));
    expect(file.sessions).toMatchObject([{ state: 'complete', hiddenMs: 0 }]);
    const { rows, order } = file.sessions[0]!;
    expect(rows.map((row) => [row.id, row.state])).toEqual(order.map((id) => [id, 'ok']));
    expect(file.environment).toMatchObject({
      crossOriginIsolated: true,
      adapter: { isSoftware: !hasGpu },
      browser: { headless: true, flags: expect.arrayContaining(['--headless=new']) },
    });
    expect(file.plan.nonDefault.filter).toEqual(SMALL);
    expect(JSON.stringify(file)).not.toContain(folder);
  });

  it('prints a table and the next command, and appends a session a launch', async () => {
    const { code, stdout } = await run('bench', ...PROBES, '--sessions', '2', '--out', 'two.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/kernel\/stream\/read +bytes=\d+ .* ± .*B\/s/);
    expect(stdout).toContain('2 sessions: median of their medians');
    expect(stdout.includes(WARNINGS['software-adapter'])).toBe(!hasGpu);
    expect(stdout).toMatch(/\nwrote two\.json\nnext: npm run [^\n]+\n$/);
    expect(stdout).not.toMatch(/^fleet /m);
    const { sessions } = await load('two.json');
    expect(sessions.map((session) => session.state)).toEqual(['complete', 'complete']);
    for (const { rows, order } of sessions) expect(rows.map((row) => row.id)).toEqual(order);
    expect(sessions[0]?.order).toEqual(sessions[1]?.order);
    expect(sessions[0]?.id).not.toBe(sessions[1]?.id);
  });

  it('takes several sessions by default on a GPU, one on a software adapter, saying why', async () => {
    const { code, stderr } = await run('bench', ...PROBES, '--out', 'default.json');
    expect(code).toBe(0);
    expect((await load('default.json')).sessions).toHaveLength(hasGpu ? 3 : 1);
    expect(stderr.includes('1 session: a software adapter measures no GPU')).toBe(!hasGpu);
  });

  it('exits 4 without a GPU when one is required', async () => {
    const { code, stderr, stdout } = await run('bench', ...PROBES, '--require-gpu', '--out', 'required.json');
    expect(code).toBe(hasGpu ? 0 : 4);
    if (hasGpu) return;
    expect(stdout).toBe('');
    expect(stderr).toContain('npm run doctor');
    await expect(stat(join(folder, 'required.json'))).rejects.toThrow('ENOENT');
  });

  it('exits 130 on an interrupt, with a valid partial file', async () => {
    const running = start(['bench', '--suite', 'smoke', '--out', 'partial.json']);
    await firstRow('partial.json', running);
    running.process.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(stderr).toContain('interrupted: the file holds what was finished');
    expect(code).toBe(130);
    const [session] = (await load('partial.json')).sessions;
    expect(session?.state).toBe('interrupted');
    expect(session?.rows.length).toBeGreaterThan(0);
    expect(session?.rows.length).toBeLessThan(session!.order.length);
  });

  it.skipIf(process.platform === 'win32')('exits 1 when the browser dies, and keeps what was finished', async () => {
    const pidFile = join(folder, 'pid');
    const wrapper = join(folder, 'browser.sh');
    await writeFile(wrapper, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${process.env.FLEETMARK_BROWSER}' "$@"\n`);
    await chmod(wrapper, 0o755);
    const running = start(['bench', '--suite', 'smoke', '--out', 'crash.json'], { FLEETMARK_BROWSER: wrapper });
    await firstRow('crash.json', running);
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(stderr).toContain('the browser crashed in 1 of 1 sessions');
    expect(code).toBe(1);
    const [session] = (await load('crash.json')).sessions;
    expect(session?.state).toBe('crashed');
    expect(session?.rows.length).toBeGreaterThan(0);
  });
});

describe('bench --model', () => {
  it('measures a model file on both runtimes, under its name and no path', async () => {
    const model = join(CONFORMANCE, 'node/test_softmax_example/model.onnx');
    const { code, stdout } = await run('bench', '--model', model, '--json', '--out', 'model.json');
    expect(code).toBe(0);
    const file = readResultFile(stdout, 'stdout');
    expect(file.sessions[0]?.rows).toMatchObject([
      { id: 'file/ort-webgpu/model.onnx', kind: 'model', state: 'ok' },
      { id: 'file/ort-wasm/model.onnx', kind: 'model', state: 'ok' },
    ]);
    expect(file.plan.nonDefault.model).toBe('model.onnx');
  });

  it.each([
    ['empty.onnx', async () => new Uint8Array()],
    ['words.onnx', async () => new TextEncoder().encode('these are words, not a model')],
    ['half.onnx', async () => (await readFile(join(CONFORMANCE, 'node/test_matmul_2d/model.onnx'))).subarray(0, 60)],
  ])('exits 2 on %s, names it and writes nothing', async (name, bytes) => {
    await writeFile(join(folder, name), await bytes());
    const { code, stdout, stderr } = await run('bench', '--model', name, '--out', `${name}.json`);
    expect(stderr).toContain(`fleetmark: ${name}: `);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    await expect(stat(join(folder, `${name}.json`))).rejects.toThrow('ENOENT');
  });
});

describe('conformance', () => {
  const copyCases = async (name: string, cases: readonly string[]): Promise<void> => {
    for (const item of cases)
      await cp(join(CONFORMANCE, 'node', item), join(folder, name, 'node', item), { recursive: true });
  };

  it.each(['webgpu', 'wasm'])(
    'every case of the ONNX project agrees on %s, but for operator sets that are too new',
    async (ep) => {
      const { code, stdout } = await run('conformance', '--ep', ep);
      expect(stdout.match(/^failed .*/gm) ?? []).toEqual([]);
      expect(stdout.match(/^skipped \S+/gm)).toEqual(['skipped node/test_swiglu', 'skipped node/test_swiglu_alpha']);
      // Thirty ONNX cases and six model files.
      expect(stdout).toMatch(/\n36 passed, 0 failed, 2 skipped\n$/);
      expect(code).toBe(0);
    },
  );

  it('every case our kernel families cover agrees on them', async () => {
    const { code, stdout } = await run('conformance', '--on', 'kernels');
    expect(stdout.match(/^failed .*/gm) ?? []).toEqual([]);
    expect(stdout.match(/^passed .*/gm)!.length).toBeGreaterThanOrEqual(29);
    expect(stdout).toMatch(/^skipped light\/\S+ +a network of \d+ nodes$/m);
    expect(code).toBe(0);
  });

  it('prints a line a case and counts them; an operator set that is too new is skipped', async () => {
    await copyCases('good', ['test_matmul_2d', 'test_swiglu']);
    const { code, stdout } = await run('conformance', 'good');
    expect(stdout).toMatch(/^passed {2}node\/test_matmul_2d .*\nskipped node\/test_swiglu .*operator set/);
    expect(stdout).toMatch(/\n1 passed, 0 failed, 1 skipped\n$/);
    expect(code).toBe(0);
  });

  it('exits 1 when a case disagrees', async () => {
    await copyCases('bad', ['test_matmul_2d', 'test_softmax_example']);
    const data = 'test_data_set_0/output_0.pb';
    const [matmul, softmax] = ['test_matmul_2d', 'test_softmax_example'].map((item) =>
      join(folder, 'bad/node', item, data),
    );
    await cp(matmul!, softmax!);
    const { code, stdout } = await run('conformance', 'bad', '--ep', 'wasm');
    expect(stdout).toMatch(/\nfailed {2}node\/test_softmax_example .*\n1 passed, 1 failed, 0 skipped\n$/);
    expect(code).toBe(1);
  });
});

it('doctor says what was found and tried, and what to do next', async () => {
  const { code, stdout } = await run('doctor', '--require-gpu');
  expect(code).toBe(hasGpu ? 0 : 4);
  for (const word of [
    'browser',
    'flags tried',
    '--headless=new',
    'timestamp-query',
    'isolated',
    'wall clock step',
    'next',
  ]) {
    expect(stdout).toContain(word);
  }
});

it('serve prints its address, serves the page and ends on an interrupt', async () => {
  const running = start(['serve', '--port', '0']);
  const url = await new Promise<string>((resolve) =>
    running.process.stdout?.once('data', (text) => resolve(String(text).trim())),
  );
  const response = await fetch(url);
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(await response.text()).toContain('<title>Fleetmark</title>');
  running.process.kill('SIGINT');
  expect((await running.ended).code).toBe(0);
});
