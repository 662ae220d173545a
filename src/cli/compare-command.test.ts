import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packFiles } from '../results/bundle.ts';
import type { ResultFile } from '../results/schema.ts';
import { fileOf, singles } from '../results/testdata/compare-helpers.ts';
import { runWith } from './testdata/fake-io.ts';

let folder = '';
const run = (...args: string[]) => runWith({ folder }, 'compare', ...args);
const files = {
  base: fileOf('base', singles(1000, 1001, 999)),
  same: fileOf('same', singles(1001, 1000, 1000)),
  slow: fileOf('slow', singles(1200, 1201, 1199)),
  open: fileOf('open', singles(900, 1300, 1000)),
};
const noted = (name: string, startedAt: string): ResultFile => {
  const file = fileOf(name, singles(1200));
  return { ...file, sessions: file.sessions.map((session) => ({ ...session, startedAt })) };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-compare-'));
  await mkdir(join(folder, 'deep/er'), { recursive: true });
  const write = (name: string, text: unknown): Promise<void> =>
    writeFile(join(folder, name), typeof text === 'string' ? text : JSON.stringify(text));
  for (const [name, file] of Object.entries(files)) await write(`${name}.json`, file);
  await write('deep/base.json', files.base);
  await write('deep/slow.json', files.slow);
  await write('deep/er/same.json', files.same);
  await write('broken.json', '{"schema":');
  await write('bundle.json', packFiles([files.same, files.slow]));
  for (const i of [1, 2, 3]) await write(`part${i}.json`, noted(`part${i}`, `2026-11-22T20:0${i}:00Z`));
});
afterAll(() => rm(folder, { recursive: true }));

/** The labels and verdicts of all comparisons. */
async function verdicts(...args: string[]): Promise<[string, string, string][]> {
  const { stdout } = await run(...args, '--format', 'json');
  const { base, comparisons } = JSON.parse(stdout);
  return comparisons.map((item: { new: { label: string }; rows: { verdict: string }[] }) => [
    base.label,
    item.new.label,
    item.rows[0]!.verdict,
  ]);
}

describe('compare: which files', () => {
  it('holds every further file against the first', async () => {
    expect(await verdicts('base.json', 'same.json', 'slow.json')).toEqual([
      ['base.json', 'same.json', 'same'],
      ['base.json', 'slow.json', 'slower'],
    ]);
  });

  it('opens folders, globs, bundles and standard input', async () => {
    expect(await verdicts('deep')).toEqual([['deep/base.json', 'deep/slow.json', 'slower']]);
    expect(await verdicts('base.json', 's*.json')).toHaveLength(2);
    expect(await verdicts('base.json', '**/sa?e.json')).toEqual([
      ['base.json', 'deep/er/same.json', 'same'],
      ['base.json', 'same.json', 'same'],
    ]);
    expect((await verdicts('base.json', 'bundle.json')).map(([, , verdict]) => verdict)).toEqual(['same', 'slower']);
    const piped = await runWith(
      { folder, stdin: JSON.stringify(files.slow) },
      'compare',
      'base.json',
      'now=-',
      '--format',
      'json',
    );
    expect(JSON.parse(piped.stdout).comparisons[0]).toMatchObject({
      new: { label: 'now' },
      rows: [{ verdict: 'slower' }],
    });
  });

  it('holds a file against itself', async () => {
    expect(await verdicts('base.json', 'base.json')).toEqual([['base.json', 'base.json (2)', 'same']]);
  });

  it('joins files of one label to one side', async () => {
    expect(await verdicts('base.json', 'new=part1.json', 'new=part2.json', 'new=part3.json')).toEqual([
      ['base.json', 'new', 'slower'],
    ]);
    expect(await verdicts('base.json', 'new=part*.json')).toEqual([['base.json', 'new', 'slower']]);
  });

  it('names a corrupt file, leaves it out, reports the rest, and ends with 2', async () => {
    const ran = await run('base.json', 'broken.json', 'slow.json', '--gate');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('left out: broken.json: not valid JSON, cut off');
    expect(ran.stdout).toContain('slow.json');
    expect(ran.stdout).toContain('slower');
  });

  it('puts nothing in the place of a base that cannot be read', async () => {
    const ran = await run('broken.json', 'same.json', 'slow.json');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('nothing to compare: no base is left');
  });

  it.each([
    [['base.json'], 'one side alone'],
    [['no-such*.json', 'base.json'], 'matches no file'],
    [['base.json', 'same.json', '--threshold', 'time'], "--threshold 'time'"],
    [['base.json', 'same.json', '--match', 'a'], "--match 'a'"],
    [['base.json', 'same.json', '--across', 'moon'], 'Allowed choices are env'],
  ])('refuses %j', async (args, words) => {
    const ran = await run(...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(words);
  });
});

describe('compare: gates and exit codes', () => {
  it.each([
    [['base.json', 'slow.json'], 0],
    [['base.json', 'slow.json', '--gate'], 1],
    [['base.json', 'same.json', '--gate'], 0],
    [['base.json', 'open.json', '--gate'], 3],
    [['base.json', 'open.json', 'slow.json', '--gate'], 1],
    [['base.json', 'slow.json', '--gate-on', 'kernel/softmax/*'], 3],
    [['base.json', 'slow.json', '--gate-on', 'kernel/matmul/*@time'], 1],
    [['base.json', 'slow.json', '--gate', '--threshold', 'time=30'], 0],
  ])('%j ends with %d', async (args, code) => {
    expect((await run(...args)).code).toBe(code);
  });

  it('names what keeps the gate shut', async () => {
    const { stdout } = await run('base.json', 'slow.json', '--gate');
    expect(stdout).toMatch(/gate over 1 row: regression\n- slower: kernel\/matmul\/register:\S+ time, \+20\.0 %/);
  });
});

describe('compare: formats', () => {
  it('csv has a line a row and quotes what needs it', async () => {
    const { stdout } = await run('a,b=base.json', 'slow.json', '--format', 'csv');
    const [head, row, end] = stdout.split(/\r?\n/);
    expect(head!.split(',').slice(0, 4)).toEqual(['base', 'new', 'case', 'metric']);
    expect(row).toMatch(/^"a,b",slow\.json,kernel\/matmul\/register:/);
    expect(row).toContain(',slower,');
    expect(end).toBe('');
  });

  it('github puts the table into the job summary and annotates slower rows', async () => {
    const summary = join(folder, 'summary.md');
    const ran = await runWith(
      { folder, env: { GITHUB_STEP_SUMMARY: summary } },
      'compare',
      'base.json',
      'slow.json',
      '--format',
      'github',
      '--gate',
    );
    expect(ran.code).toBe(1);
    expect(await readFile(summary, 'utf8')).toContain('| case | metric |');
    expect(ran.stdout).toMatch(/^::warning title=kernel\/matmul\/register%3Am=64/);
    expect(ran.stdout).toContain('::error title=gate%3A regression::slower: ');
  });
});

describe('calibrate', () => {
  it('keeps the spread of repeated sessions, and compare goes by it', async () => {
    const own = await mkdtemp(join(tmpdir(), 'fleetmark-calibrate-'));
    const write = (name: string, file: ResultFile): Promise<void> => writeFile(join(own, name), JSON.stringify(file));
    await write('many.json', fileOf('many', singles(1000, 1005, 995, 1002, 998, 1001)));
    await write('a.json', fileOf('a', singles(1000)));
    await write('b.json', fileOf('b', singles(1060)));
    const before = await runWith({ folder: own }, 'compare', 'a.json', 'b.json');
    expect(before.stdout).toContain('assumed session noise of 3.0 %');
    const ran = await runWith({ folder: own }, 'calibrate', 'many.json');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/time +0\.34 % +– +from 0\.96 %/);
    const after = await runWith({ folder: own }, 'compare', 'a.json', 'b.json', '--gate');
    expect(after.stdout).toContain("slower: few sessions: judged by this device's calibrated session noise of 0.3 %");
    expect(after.code).toBe(1);
    await rm(own, { recursive: true });
  });

  it('needs three sessions', async () => {
    const ran = await runWith({ folder }, 'calibrate', 'part1.json');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('at least 3 sessions');
  });
});
