// Two files of 50 MB through the built command line. CPU time is held to the limit rather than the clock on the wall, which on
// a shared machine measures the neighbours.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRng, type Rng } from '../core/rng.ts';
import { noisyFile, noisySamples, TWO_LEVEL } from '../results/testdata/two-level-noise.ts';

const CLI = join(import.meta.dirname, '../../dist/cli/fleetmark.js');
/** Tells the process's own account of itself on its way out. */
const ACCOUNT = 'process.on("exit", () => process.stderr.write(JSON.stringify(process.resourceUsage())))';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-large-'));
});
afterAll(() => rm(folder, { recursive: true }));

function largeFile(rng: Rng, id: string): string {
  const rows = Array.from({ length: 20 }, () => noisySamples(rng, 1e6, { ...TWO_LEVEL, samples: 26_000 }));
  return JSON.stringify(
    noisyFile(
      Array.from({ length: 5 }, () => rows),
      id,
    ),
  );
}

it('compares two files of 50 MB within 5 s and 1 GB', async () => {
  const rng = createRng(1);
  for (const name of ['a', 'b']) {
    await writeFile(join(folder, `${name}.json`), largeFile(rng, name));
    expect((await stat(join(folder, `${name}.json`))).size).toBeGreaterThan(45e6);
  }
  const args = ['--import', `data:text/javascript,${ACCOUNT}`, CLI, 'compare', 'a.json', 'b.json', '--format', 'csv'];
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) =>
      error ? reject(error) : resolve({ stdout, stderr }),
    );
  });
  expect(stdout.trim().split('\n')).toHaveLength(21);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(stderr) as NodeJS.ResourceUsage;
  expect((userCPUTime + systemCPUTime) / 1e6).toBeLessThan(5);
  expect(maxRSS / 1024).toBeLessThan(1000);
});
