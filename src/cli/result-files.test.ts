// merge, validate, show and convert through the command line, on files on disk.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResultFiles } from '../results/read.ts';
import { KERNEL_ID, sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { runWith } from './testdata/fake-io.ts';

let folder = '';
const run = (...args: string[]) => runWith({ folder }, ...args);
const session = (id: string) =>
  sampleSession([sampleRow(KERNEL_ID, [1e6, 2e6, 3e6])], { id, startedAt: `2026-11-22T20:00:0${id}Z` });
const first = sampleFile([session('1')]);
const second = sampleFile([session('2')], { id: 'file-2' });
const other = sampleFile([session('3')], { id: 'file-3', environment: { ...first.environment, label: 'left' } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  await mkdir(join(folder, 'runs'));
  const files = { 'runs/a.json': first, 'runs/b.json': second, 'other.json': other };
  for (const [name, file] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(file));
  await writeFile(join(folder, 'cut.json'), JSON.stringify(first).slice(0, 100));
});
afterAll(() => rm(folder, { recursive: true }));

describe('merge', () => {
  it('joins sessions of one device on stdout', async () => {
    const { code, stdout } = await run('merge', 'runs');
    expect(code).toBe(0);
    expect(readResultFiles(stdout, 'stdout')).toMatchObject([{ id: 'file-1', sessions: [{ id: '1' }, { id: '2' }] }]);
  });

  it('bundles devices, which then can be shown, picked and merged again', async () => {
    const { stdout } = await run('merge', 'other.json', 'runs/*.json', '--out', 'new/all.json');
    expect(stdout).toBe('wrote new/all.json: a bundle of 2 devices or builds, 3 sessions\n');
    const text = await readFile(join(folder, 'new/all.json'), 'utf8');
    expect(readResultFiles(text, 'all').map((file) => file.sessions.length)).toEqual([1, 2]);
    expect((await run('merge', 'new/all.json', 'runs/a.json')).stdout).toBe(text);
    const picked = await run('merge', 'new/all.json', '--only', '1');
    expect(readResultFiles(picked.stdout, 'picked')).toEqual([other]);
    const shown = await run('show', 'new/all.json');
    expect(shown.stdout).toMatch(
      /^1 of 2: new\/all\.json\nleft: ACME Rocket 9000 [\s\S]*\n2 of 2: new\/all\.json\nACME Rocket 9000 /,
    );
    expect((await run('fleet', 'new/all.json')).stderr).toContain('a bundle of 2 result files');
  });

  it.each(['0', '3', 'x'])('refuses --only %s', async (only) => {
    const { code, stderr } = await run('merge', 'runs/a.json', 'other.json', '--only', only);
    expect(code).toBe(2);
    expect(stderr).toContain(`--only '${only}': must be a whole number from 1 to 2`);
  });
});

it.each([
  ['merge', []],
  ['show', []],
  ['convert', ['--to', 'csv']],
])('%s names a corrupt file, uses the rest and exits 2', async (command, flags) => {
  const alone = await run(command, 'other.json', ...flags);
  expect(alone).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout, stderr } = await run(command, 'cut.json', 'other.json', ...flags);
  expect({ code, stdout }).toEqual({ code: 2, stdout: alone.stdout });
  expect(stderr).toMatch(/^left out: cut\.json: not valid JSON, cut off/);
  expect(await run(command, 'cut.json', ...flags)).toMatchObject({ code: 2, stdout: '' });
});

describe('validate', () => {
  it('says of every file what it is, or what is wrong and where', async () => {
    await writeFile(join(folder, 'bad.json'), JSON.stringify(first).replace('"ok"', '"fine"'));
    const { code, stdout } = await run('validate', 'runs', 'bad.json', 'cut.json', 'missing.json');
    expect(code).toBe(2);
    expect(stdout.split('\n')).toEqual([
      'valid    runs/a.json: format 1, sessions 1, rows 1',
      'valid    runs/b.json: format 1, sessions 1, rows 1',
      expect.stringMatching(/^invalid {2}bad\.json: at sessions\.0\.rows\.0\.state: /),
      expect.stringMatching(/^invalid {2}cut\.json: not valid JSON, cut off/),
      'invalid  missing.json: no such file',
      '',
    ]);
  });
  it('exits 0 when all are valid', async () => expect((await run('validate', 'runs')).code).toBe(0));
});

describe('convert', () => {
  it('writes to a file', async () => {
    expect(await run('convert', 'runs/a.json', '--to', 'bmf', '--out', 'bmf.json')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(JSON.parse(await readFile(join(folder, 'bmf.json'), 'utf8'))[KERNEL_ID]['time (ns)'].value).toBe(2e6);
  });

  it('imports what llama-bench wrote, and exports it again', async () => {
    await writeFile(
      join(folder, 'native.json'),
      JSON.stringify([
        {
          build_commit: 'abc',
          cpu_info: 'CPU',
          gpu_info: 'GPU',
          model_filename: 'm.gguf',
          model_type: 'm',
          model_size: 1,
          model_n_params: 1,
          n_prompt: 10,
          n_gen: 0,
          test_time: '2026-11-22T20:00:00Z',
          samples_ns: [1e9],
        },
      ]),
    );
    const imported = await run('convert', '--from', 'llama-bench', 'native.json', '--out', 'imported.json');
    expect(imported.code).toBe(0);
    expect((await run('show', 'imported.json')).stdout).toMatch(/^GPU [\s\S]*model\/llama\.cpp\/m/);
    const back = await run('convert', 'imported.json', '--to', 'llama-bench');
    expect(JSON.parse(back.stdout)).toMatchObject([{ n_prompt: 10, samples_ns: [1e9] }]);
  });

  it('asks for a format, and lists the known ones', async () => {
    expect((await run('convert', 'runs/a.json')).stderr).toContain(
      'say --to csv|llama-bench|vllm|trace|bmf|gha|gbench, or --from',
    );
    expect(await run('convert', 'runs/a.json', '--to', 'xml')).toMatchObject({ code: 2, stdout: '' });
  });
});
