// The rollout, merge, claims and watch commands as the command line runs them, and the Kubernetes job by running its own
// arguments for every index.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runMain } from '../testdata/fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetmark-rollout-'));
afterAll(() => rmSync(folder, { recursive: true }));
const place = (name: string): string => join(folder, name);
const SMALL = ['--scenarios', '400', '--rows', '32', '--seed', '3'];
const fleet = (...args: string[]) => runMain('fleet', ...args);

describe('fleet rollout', () => {
  it('prints a report that fits a terminal, and no broken number', async () => {
    const { code, stdout } = await fleet('rollout', ...SMALL);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rollout 1,000,000 GPUs ordered, Q4 2027/);
    for (const title of ['By quarter', 'By generation', 'What the spread of', 'Break-even share', 'Sources']) {
      expect(stdout).toContain(title);
    }
    expect(stdout).not.toMatch(/NaN|Infinity|undefined|null/);
    const long = stdout.split('\n').filter((line) => line.length > 100 && line.trim().includes(' '));
    expect(long).toEqual([]);
  });

  it('prints JSON and CSV alone', async () => {
    const { stdout } = await fleet('rollout', ...SMALL, '--format', 'json', '--gpus', '5000', '--user-rate', '100');
    expect(JSON.parse(stdout)).toMatchObject({ query: 'gpus=5000&user-rate=100&scenarios=400&rows=32&seed=3' });
    const csv = (await fleet('rollout', ...SMALL, '--format', 'csv')).stdout.trim().split('\n');
    expect(csv[0]).toBe('quarter,series,p2.5,p10,p25,p50,p75,p90,p97.5');
    expect(csv).toHaveLength(1 + 12 * 5);
    expect(csv.every((line) => line.split(',').length === 9)).toBe(true);
  });

  it('takes a scenario from a file, from an address and from flags alike', async () => {
    const path = place('scenario.json');
    writeFileSync(path, JSON.stringify({ gpus: 5000, 'lpx-racks': 2, scenarios: 400, rows: 32, seed: 3 }));
    const json = ['--format', 'json'];
    const fromFile = (await fleet('rollout', '--scenario', path, ...json)).stdout;
    const fromQuery = (
      await fleet('rollout', '--query', '?gpus=5000&lpx-racks=2&scenarios=400&rows=32&seed=3', ...json)
    ).stdout;
    const fromFlags = (await fleet('rollout', '--gpus', '5000', '--lpx-racks', '2', ...SMALL, ...json)).stdout;
    expect(fromQuery).toBe(fromFile);
    expect(fromFlags).toBe(fromFile);
  });

  it.each([
    [['--share', '-0.1'], 'flags: share -0.1: must be a number from 0 to 1'],
    [['--power-gw', '0'], 'flags: power-gw 0: must be a number from 0.01 to 20'],
    [['--count', 'wafers'], 'flags: count "wafers": must be one of packages, dies'],
    [['--gpus', '1e12'], 'must be a whole number from 8 to 10,000,000'],
    [['--shard', '8/8'], '--shard 8/8: must be i/n'],
    [['--model', 'gpt-5'], 'must be one of llama-3.1-8b'],
    [['--catalogue', 'absent.json'], 'cannot read absent.json'],
    [['--query', 'gpuz=1'], "URL: unknown setting 'gpuz'"],
    [['--scenario', 'absent.json'], 'cannot read absent.json'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await fleet('rollout', ...args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('fleet merge', () => {
  it('gives exactly the unsharded report, and refuses a part twice or missing', async () => {
    const files = [];
    for (const i of [2, 0, 1]) {
      files.push(place(`part-${i}.json`));
      expect((await fleet('rollout', ...SMALL, '--shard', `${i}/3`, '--out', files.at(-1)!)).code).toBe(0);
    }
    const whole = await fleet('rollout', ...SMALL);
    const merged = await fleet('merge', ...files, '--out', place('merged.json'));
    expect(merged).toEqual(whole);
    expect((await fleet('merge', place('merged.json'))).stdout).toBe(whole.stdout);
    expect((await fleet('merge', files[0]!, files[1]!)).stderr).toContain('1 of 3 parts missing: 1/3');
    expect((await fleet('merge', ...files, files[0]!)).stderr).toContain('part 2/3 is in both');
  });
});

describe('fleet claims', () => {
  it('prints every card, or one alone', async () => {
    const { stdout } = await fleet('claims', ...SMALL);
    for (const id of ['operator-300', 'operator-150', 'one-trillion', 'quarter', 'deal-value'])
      expect(stdout).toContain(`[${id};`);
    expect(stdout).not.toMatch(/NaN|Infinity|undefined|null/);
    const one = JSON.parse((await fleet('claims', ...SMALL, '--card', 'quarter', '--format', 'json')).stdout);
    expect(one.cards.map(({ id }: { id: string }) => id)).toEqual(['quarter']);
    const csv = (await fleet('claims', ...SMALL, '--card', 'quarter', '--format', 'csv')).stdout.trim().split('\n');
    expect(csv).toHaveLength(1 + 10);
    const svg = (await fleet('claims', ...SMALL, '--card', 'quarter', '--format', 'svg')).stdout;
    expect(svg).toMatch(/^<svg xmlns=/);
    for (const { what } of one.cards[0].requires) expect(svg).toContain(what.slice(0, 20));
    expect((await fleet('claims', ...SMALL, '--format', 'svg')).stderr).toContain('name it with --card');
    const unknown = await fleet('claims', ...SMALL, '--card', 'none');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('Known: operator-300');
  });
});

describe('fleet watch', () => {
  it('lists forecasts and scores what is resolved', async () => {
    expect((await fleet('watch')).stdout).toContain('forecast of 2026-11-22');
    const { stdout } = await fleet(
      'watch',
      '--outcome',
      'lpx-instance=1',
      '--outcome',
      'nvidia-fiscal-2027=3.9e11',
      '--json',
    );
    const scored = JSON.parse(stdout).filter(({ score }: { score: unknown }) => score !== null);
    expect(scored.map(({ id }: { id: string }) => id)).toEqual(['lpx-instance', 'nvidia-fiscal-2027']);
    expect((await fleet('watch', '--outcome', 'lpx-instance')).stderr).toContain('must be id=number');
  });
});

describe('the Kubernetes job', () => {
  const manifest = parse(readFileSync(join(import.meta.dirname, '../../fleet/rollout/rollout-job.yaml'), 'utf8'));
  const { completions, template } = manifest.spec;
  const [container] = template.spec.containers;

  it('is a valid Job of batch/v1', () => {
    expect(() => new Job(manifest).validate()).not.toThrow();
    const broken = structuredClone(manifest);
    broken.spec.completions = 'eight';
    expect(() => new Job(broken).validate()).toThrow();
  });

  it('merges to the unsharded run when its command has run for every index', async () => {
    expect(manifest.spec.completionMode).toBe('Indexed');
    expect(container.command.slice(0, 2)).toEqual(['node', '/app/dist/cli/fleetmark.js']);
    const command = [...container.command.slice(2), ...container.args] as string[];
    const mount = container.volumeMounts[0].mountPath as string;
    const here = (text: string, index: number): string =>
      text
        .replaceAll('$(JOB_COMPLETION_INDEX)', String(index))
        .replace('--scenarios=1000000', '--scenarios=800')
        .replace(`${mount}/`, `${folder}/job-`);
    for (let index = 0; index < completions; index++) {
      const { code, stderr } = await runMain(...command.map((text) => here(text, index)));
      expect(stderr).toBe('');
      expect(code).toBe(0);
    }
    const parts = Array.from({ length: completions }, (_, index) => place(`job-part-${index}.json`));
    const merged = await fleet('merge', ...parts, '--format', 'json');
    expect(merged.stdout).toBe(
      (await fleet('rollout', '--scenarios', '800', '--seed', '1', '--format', 'json')).stdout,
    );
  }, 60_000);
});
