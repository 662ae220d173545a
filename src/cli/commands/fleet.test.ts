import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../fleet/scenario-settings.ts';
import { PROBES, syntheticResult, syntheticRow } from '../../fleet/synthetic-result.ts';
import { runMain } from '../testdata/fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetmark-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'run.json');
const file = syntheticResult([[...PROBES, syntheticRow({ id: 'kernel/gemv/naive', ns: 1e9, flops: 1, bytes: 1e9 })]]);
writeFileSync(path, JSON.stringify(file));
const SMALL = ['--scenarios', '300', '--rows', '16'];
const fleet = (...args: string[]) => runMain('fleet', ...args, ...SMALL);

describe('fleet', () => {
  it('has a flag for every setting', async () => {
    const { stdout } = await runMain('fleet', '--help');
    for (const name of [...Object.keys(SETTINGS), 'catalogue', 'scenario', 'query', 'json']) {
      expect(stdout).toContain(`--${name} `);
    }
  });

  it('prints the report without a result file', async () => {
    const { code, stdout } = await fleet();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fleet 1,000,000 GPUs/);
    expect(stdout).toContain('no result file was given');
  });

  it('reads the result file it is given', async () => {
    expect((await fleet(path)).stdout).toContain('1. Your device: Example GPU');
  });

  it('prints JSON alone, with the flags in it', async () => {
    const { stdout } = await fleet('--json', '--gpus', '7200', '--user-rate', '100', '--newer-2027', '1');
    const report = JSON.parse(stdout);
    expect(report.scenario).toMatchObject({ gpus: 7200, 'user-rate': 100, 'newer-2027': 1, share: 0.25 });
    expect(report.fleet.headline.paired.p50).toBeGreaterThan(0);
  });

  it('refuses a bad flag', async () => {
    expect(await fleet(path, '--share', '-1')).toMatchObject({ code: 2, stdout: '' });
    expect((await fleet('--share', '2')).stderr).toContain('share 2: must be a number from 0 to 1');
  });
});
