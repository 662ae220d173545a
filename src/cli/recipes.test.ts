// What bench-results/README.md promises about the command line: the columns of query's views, and commands in its recipes.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { EXPORTERS } from '../results/export/formats.ts';
import { sampleFile } from '../results/testdata/sample-file.ts';
import { createProgram } from './commands.ts';
import { processIo } from './io.ts';
import { openDuckDb } from './query/duckdb.ts';
import { openLake } from './query/lake.ts';

const README = readFileSync(new URL('../../bench-results/README.md', import.meta.url), 'utf8');
const section = (title: string): string => README.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
/** Names in backquotes in the first column of a table. */
const listed = (text: string): string[] =>
  (text.match(/^\| `.*?` \|/gm) ?? []).flatMap((cell) => [...cell.matchAll(/`(.*?)`/g)].map((match) => match[1]!));

it('lists the columns of metrics, and how samples differs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  await writeFile(join(folder, 'a.json'), JSON.stringify(sampleFile([])));
  const db = await openDuckDb();
  await openLake(db, ['a.json'], folder, join(folder, 'cache'));
  const columns = async (view: string): Promise<unknown[]> =>
    (await db.runAndReadAll(`DESCRIBE ${view}`)).getRowsJson().map(([name]) => name);
  const documented = listed(section('Thousands of files'));
  expect(await columns('metrics')).toEqual(documented);
  const differing = ['n', 'median', 'samples'];
  expect(await columns('samples')).toEqual([
    ...documented.filter((name) => !differing.includes(name)),
    'sample',
    'value',
  ]);
  await rm(folder, { recursive: true });
});

it('lists the formats of convert', () =>
  expect(listed(section('Other tools'))).toEqual(['--to', ...Object.keys(EXPORTERS)]));

const program = createProgram(processIo({ packageFolder: '', pageFolder: '' }), () => {});
const commandOf = (name: string): Command | undefined => program.commands.find((command) => command.name() === name);

it('uses only commands and flags there are', () => {
  const text = section('Many machines');
  const used = [...text.matchAll(/(?:fleetmark\.js|npm run -s|npm run) (?:-- )?(\w+)(?: --)? ([^\n|]*)/g)].filter(
    ([, name]) => name !== 'build',
  );
  expect(used.map(([, name]) => name)).toEqual(['bench', 'merge', 'compare', 'bench']);
  for (const [, name, rest] of used) {
    const known = commandOf(name!)!.options.map((option) => option.long);
    for (const flag of rest!.match(/--[a-z-]+/g) ?? []) expect(known).toContain(flag);
  }
});

it('the README uses only scripts, commands and flags there are', () => {
  const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const { scripts } = JSON.parse(file('package.json')) as { scripts: Record<string, string> };
  const used = [...file('README.md').matchAll(/npm run (\S+?)(?: -- ([^`\n]*?))?(?=[`\n]| {2,}#)/g)];
  expect(used.length).toBeGreaterThan(20);
  for (const [text, name, rest = ''] of used) {
    expect(Object.keys(scripts), text).toContain(name);
    if (name === 'fleetmark' || rest === '') continue;
    const outer = commandOf(name!)!;
    const inner = outer.commands.find((command) => command.name() === rest.split(' ', 1)[0]);
    const known = (inner ?? outer).options.map((option) => option.long);
    for (const flag of rest.match(/--[a-z-]+/g) ?? []) expect(known, text).toContain(flag);
  }
});

it('has a workflow whose last job waits for every device', () => {
  const [, text] = /```yaml\n([\s\S]*?)```/.exec(README)!;
  const { jobs } = parse(text!) as { jobs: Record<string, { needs?: string; strategy?: object; steps: object[] }> };
  expect(jobs.compare).toMatchObject({ needs: 'measure', if: 'always()' });
  expect(jobs.measure).toMatchObject({
    strategy: { 'fail-fast': false },
    'runs-on': ['self-hosted', expect.anything()],
  });
});
