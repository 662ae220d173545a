import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packFiles } from '../../results/bundle.ts';
import {
  DECODER_ID,
  KERNEL_ID,
  sampleDecoderRow,
  sampleFile,
  sampleRow,
  sampleSession,
} from '../../results/testdata/sample-file.ts';
import { openDuckDb } from './duckdb.ts';
import { type Lake, openLake } from './lake.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const one = sampleFile([sampleSession([sampleRow(KERNEL_ID, [3, 1, 2]), sampleDecoderRow()])]);
const { environment } = one;
const labelled = sampleFile([sampleSession([sampleRow(KERNEL_ID, [10, 20])])], {
  id: 'file-2',
  environment: { ...environment, label: "o'hara" },
});

async function write(name: string, content: unknown): Promise<string> {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  return name;
}

async function ask(paths: readonly string[], sql: string): Promise<{ rows: unknown; lake: Lake }> {
  const db = await openDuckDb();
  const lake = await openLake(db, paths, folder, join(folder, 'cache'));
  return { rows: (await db.runAndReadAll(sql)).getRowsJson(), lake };
}

it('has one row per file, session, case and metric, and one per sample', async () => {
  const paths = [await write("it's.json", one)];
  const metrics = await ask(paths, 'SELECT file, device, case_id, metric, n, median FROM metrics ORDER BY ALL');
  expect(metrics.rows).toEqual([
    ["it's.json", 'ACME Rocket 9000', KERNEL_ID, 'time', '3', 2],
    ["it's.json", 'ACME Rocket 9000', DECODER_ID, 'decode-rate', '2', 10],
    ["it's.json", 'ACME Rocket 9000', DECODER_ID, 'gap', '30', 101e6],
    ["it's.json", 'ACME Rocket 9000', DECODER_ID, 'ttft', '2', 205e6],
  ]);
  const samples = await ask(paths, "SELECT sample, value FROM samples WHERE metric = 'time' ORDER BY sample");
  expect(samples.rows).toEqual([
    ['0', 3],
    ['1', 1],
    ['2', 2],
  ]);
});

it('opens bundles, and tells devices by their labels', async () => {
  const paths = [await write('both.json', packFiles([one, labelled]))];
  const { rows } = await ask(
    paths,
    "SELECT file_id, device, median FROM metrics WHERE metric = 'time' ORDER BY file_id",
  );
  expect(rows).toEqual([
    ['file-1', 'ACME Rocket 9000', 2],
    ['file-2', "o'hara", 15],
  ]);
});

it('keeps a case without metrics and a file without sessions as one row each', async () => {
  const skipped = sampleRow(KERNEL_ID, [], { state: 'skipped', reason: 'over the budget', metrics: [] });
  const paths = [await write('a.json', sampleFile([sampleSession([skipped])])), await write('b.json', sampleFile([]))];
  const { rows } = await ask(paths, 'SELECT file, case_id, state, reason, metric FROM metrics ORDER BY file');
  expect(rows).toEqual([
    ['a.json', KERNEL_ID, 'skipped', 'over the budget', null],
    ['b.json', null, null, null, null],
  ]);
});

it('reads a content once, wherever it lies, and anew when it changes', async () => {
  const paths = [await write('a.json', one), await write('copy.json', one)];
  const count = "SELECT count(*), sum(n) FROM metrics WHERE metric = 'time'";
  expect(await ask(paths, count)).toMatchObject({ lake: { files: 2, ingested: 1 }, rows: [['2', '6']] });
  expect(await ask(paths, count)).toMatchObject({ lake: { files: 2, ingested: 0 }, rows: [['2', '6']] });
  await write('a.json', labelled);
  await utimes(join(folder, 'a.json'), new Date(), new Date(Date.now() + 5000));
  expect(await ask(paths, count)).toMatchObject({ lake: { files: 2, ingested: 1 }, rows: [['2', '5']] });
  await rm(join(folder, 'cache', 'v1', 'index.json'));
  expect(await ask(paths, count)).toMatchObject({ lake: { files: 2, ingested: 0 }, rows: [['2', '5']] });
});

const text = JSON.stringify(one);
it.each([
  ['cut', text.slice(0, 300), /^bad\.json: not valid JSON, cut off/],
  ['empty', '', /^bad\.json: empty file/],
  ['foreign', '{"schema":"other"}', /^bad\.json: not a Fleetmark result file/],
  ['of another kind', '[1, 2]', /^bad\.json: not a Fleetmark result file/],
  ['newer', text.replace('"schemaVersion":1', '"schemaVersion":99'), /^bad\.json: written in format 99/],
  [
    'of words for numbers',
    text.replace('[3,1,2]', '["fast"]'),
    /^bad\.json: at sessions\.0\.rows\.0\.metrics\.0\.samples\.0: /,
  ],
  [
    'with a NaN',
    text.replace('[3,1,2]', '[3,NaN,2]'),
    /^bad\.json: at sessions\.0\.rows\.0\.metrics\.0\.samples\.1: NaN/,
  ],
  [
    'with a null',
    text.replace('[3,1,2]', '[3,null,2]'),
    /^bad\.json: at sessions\.0\.rows\.0\.metrics\.0\.samples\.1: /,
  ],
  [
    'in hours',
    text.replace('"unit":"ns"', '"unit":"hours"'),
    /^bad\.json: at sessions\.0\.rows\.0\.metrics\.0\.unit: /,
  ],
  ['twice over', text + text, /^bad\.json: not valid JSON/],
])('names a file that is %s, and reports the others', async (_what, content, message) => {
  const paths = [await write('good.json', one), await write('bad.json', content), await write('also.json', labelled)];
  const { rows, lake } = await ask(paths, "SELECT file, median FROM metrics WHERE metric = 'time' ORDER BY file");
  expect(rows).toEqual([
    ['also.json', 15],
    ['good.json', 2],
  ]);
  expect(lake.faults).toEqual([expect.stringMatching(message)]);
});

it('leaves nothing half-written in the cache', async () => {
  await ask([await write('good.json', one), await write('bad.json', text.slice(0, 300))], 'SELECT 1');
  const names = await readdir(join(folder, 'cache', 'v1'));
  expect(names.filter((name) => name !== 'index.json' && !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
  expect(names).toHaveLength(2);
});

it('names every file when none can be read', async () => {
  await mkdir(join(folder, 'folder.json'));
  const paths = [await write('cut.json', '{'), 'missing.json', 'folder.json'];
  await expect(ask(paths, 'SELECT 1')).rejects.toThrow(
    /missing\.json: .*\nfolder\.json: .*\ncut\.json: not valid JSON/s,
  );
});
