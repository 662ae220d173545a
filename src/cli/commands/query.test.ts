import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KERNEL_ID, sampleFile, sampleRow, sampleSession } from '../../results/testdata/sample-file.ts';
import { runWith } from '../testdata/fake-io.ts';

let folder = '';
const query = (...args: string[]) => runWith({ folder }, 'query', ...args);
const SQL = 'SELECT kind, n, median FROM metrics';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  await mkdir(join(folder, 'runs'));
  const file = sampleFile([sampleSession([sampleRow(KERNEL_ID, [1, 2, 4])])]);
  await writeFile(join(folder, 'runs', 'good.json'), JSON.stringify(file));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['text', 'kind     n   median\nkernel   3        2\n'],
  ['csv', 'kind,n,median\r\nkernel,3,2\n'],
  ['md', '| kind | n | median |\n|---|---|---|\n| kernel | 3 | 2 |\n'],
  ['json', '[\n {\n  "kind": "kernel",\n  "n": 3,\n  "median": 2\n }\n]\n'],
])('prints rows as %s', async (format, stdout) => {
  expect(await query(SQL, 'runs', '--format', format)).toMatchObject({ code: 0, stdout });
});

it('reports the others and exits 2 with a corrupt file among good ones', async () => {
  await writeFile(join(folder, 'cut.json'), '{"schema":');
  const { code, stdout, stderr } = await query(SQL, 'runs/good.json', 'cut.json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: 'kind     n   median\nkernel   3        2\n' });
  expect(stderr).toMatch(/^left out: cut\.json: not valid JSON, cut off/);
});

it('tells faulty SQL with the views there are', async () => {
  const { code, stdout, stderr } = await query('SELECT * FROM results', 'runs');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/Table with name results does not exist[\s\S]*Views: metrics, samples/);
});
