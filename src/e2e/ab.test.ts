// `fleetmark ab` in a real browser: turns, pairs and files. What it concludes is tested where time can be scripted.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../results/read.ts';

const CLI = join(import.meta.dirname, '../../dist/cli/fleetmark.js');
const CASES = ['--filter', '*:n=1024;k=1024', '--suite', 'full', '--samples', '6'];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-ab-'));
});
afterAll(() => rm(folder, { recursive: true }));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe('ab', () => {
  it('measures two variants in ABBA turns and compares them in pairs', async () => {
    const { code, stdout, stderr } = await run(
      'ab',
      'kernel/gemv/naive',
      'kernel/gemv/workgroup',
      ...CASES,
      '--sessions',
      '2',
      '--out',
      '.',
      '--format',
      'json',
    );
    expect(code, stderr).toBe(0);
    const { base, comparisons } = JSON.parse(stdout);
    expect([base.label, comparisons[0].new.label]).toEqual(['kernel/gemv/naive', 'kernel/gemv/workgroup']);
    expect(comparisons[0].rows).toMatchObject([
      { id: 'kernel/gemv/workgroup:n=1024;k=1024', metric: 'time', ratio: expect.any(Number) },
    ]);
    const names = (await readdir(folder)).filter((name) => name.startsWith('ab_')).sort();
    const [a, b] = await Promise.all(
      names.map(async (name) => readResultFile(await readFile(join(folder, name), 'utf8'), name)),
    );
    const pairs = [a, b].map((file) => file!.sessions.map(({ blockId }) => blockId));
    expect(pairs[0]).toHaveLength(2);
    expect(new Set(pairs[0]).size).toBe(2);
    expect(pairs[1]).toEqual(pairs[0]);
    const turns = [a, b].flatMap((file, side) =>
      file!.sessions.map(({ startedAt }) => ({ startedAt, side: 'AB'[side] })),
    );
    const order = turns.sort((x, y) => x.startedAt.localeCompare(y.startedAt)).map(({ side }) => side);
    expect(order.join('')).toBe('ABBA');
  });
});
