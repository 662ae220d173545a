import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../core/errors.ts';
import { type Ran, runMain } from '../testdata/fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetmark-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);
const part = (i: number): string => file(`part-${i}.json`);
const run = (line: string): Promise<Ran> => runMain('fleet', ...line.split(' '));

async function refuses(line: string, message: string): Promise<void> {
  const { code, stdout, stderr } = await run(line);
  expect([code, stdout]).toEqual([EXIT.badInput, '']);
  expect(stderr).toContain(message);
}

const SMALL = '--requests 300 --warmup 50 --concurrency 16 --isl 512 --osl uniform:64:128';

describe('fleet simulate', () => {
  it('prints latencies, goodput and the closed form beside', async () => {
    const { code, stdout: text } = await run(`simulate ${SMALL}`);
    expect(code).toBe(EXIT.ok);
    expect(text).toMatch(/^simulate llama-3.1-70b fp8, trtllm, 1 x 1 B200 SXM, 512 in, uniform:64:128 out/);
    expect(text).toMatch(/TTFT +p50 [\d.]+ ms, p99/);
    expect(text).toMatch(/Closed form at 16\.0 in flight: TPOT [\d.]+ ms/);
    expect(text).not.toMatch(/NaN|undefined|null/);
  });

  it('gives JSON with every token asked for', async () => {
    const { settings, summary } = JSON.parse((await run(`simulate ${SMALL} --osl 100 --format json`)).stdout);
    expect(settings).toMatchObject({ concurrency: 16, osl: '100', seed: 1 });
    expect(summary).toMatchObject({ requests: 250, inputTokens: 250 * 512, outputTokens: 250 * 100 });
  });

  it('runs prompts apart, traces, and finds the rate that keeps the limits', async () => {
    const apart = await run(`simulate ${SMALL} --prefill-instances 1 --rate 5 --transfer-us 1`);
    expect(apart.stdout).toContain('1 x 1 B200 SXM and 1 for prompts');
    writeFileSync(
      file('trace.json'),
      JSON.stringify([
        { at: 0, isl: 100, osl: 10 },
        { at: 1, isl: 200, osl: 20 },
      ]),
    );
    expect((await run(`simulate --trace ${file('trace.json')}`)).stdout).toContain('300 in, 30 out');
    const good = JSON.parse((await run(`simulate ${SMALL} --goodput 0.9 --tpot-ms 15 --format json`)).stdout);
    expect(good.perSecond).toBeGreaterThan(0);
    expect(good.summary.goodput.share).toBeGreaterThanOrEqual(0.9);
    expect((await run(`simulate ${SMALL} --goodput 0.9 --tpot-ms 0.01`)).stdout).toContain(
      'no rate keeps 90 % of requests',
    );
  });

  it('merges its shards into the unsharded sweep', async () => {
    const sweep = `simulate ${SMALL} --replications 4 --seed 7`;
    for (const i of [0, 1, 2]) await run(`${sweep} --shard ${i}/3 --out ${part(i)}`);
    const whole = JSON.parse((await run(`${sweep} --format json`)).stdout);
    const merged = await run(`merge ${part(2)} ${part(0)} ${part(1)} --out ${file('merged.json')} --format json`);
    expect(merged.code).toBe(EXIT.ok);
    const { tallies, sketches } = JSON.parse(readFileSync(file('merged.json'), 'utf8'));
    expect({ tallies, sketches }).toEqual({ tallies: whole.tallies, sketches: whole.sketches });
    await refuses(`merge ${part(2)} ${part(0)}`, '1 of 3 parts missing: 1/3');
  });

  it.each([
    ['--model gpt-5', "unknown model 'gpt-5'. Known: llama-3.1-8b"],
    ['--hardware abacus', "unknown chip 'abacus'"],
    ['--precision int3', "unknown precision 'int3'"],
    ['--osl never', '--osl never: lengths are N, geometric:MEAN'],
    ['--tp 1.5', '--tp 1.5: must be a whole number from 1 to 64'],
    ['--rate 0', '--rate 0: must be a number'],
    ['--warmup 2000', '--warmup 2000: must be less than --requests 2000'],
    ['--model llama-3.1-405b', 'does not fit on 1 x B200 SXM: give more --tp'],
    ['--isl 5000000', 'does not fit in a KV cache'],
    ['--goodput 2', '--goodput 2: must be a share between 0 and 1'],
    ['--trace nowhere.json', 'cannot read nowhere.json'],
  ])('refuses %s', async (flags, message) => {
    await refuses(`simulate ${flags}`, message);
  });

  it('names the entry of a bad trace', async () => {
    writeFileSync(file('bad.json'), '[{"at":0,"isl":1,"osl":0}]');
    await refuses(`simulate --trace ${file('bad.json')}`, 'bad.json is no trace, an array of {at, isl, osl}: 0.osl');
  });
});

describe('fleet pairing', () => {
  const QUICK = 'pairing --model llama-3.1-8b --no-speculation';

  it('prints the study, and JSON with the settings in it', async () => {
    const { code, stdout: text } = await run(`${QUICK} --user-rate 300`);
    expect(code).toBe(EXIT.ok);
    expect(text.replace(/\s+/g, ' ')).toMatch(/^pairing 1,000,000 GPUs at equal site power, llama-3.1-8b fp4 on GPUs/);
    const report = JSON.parse(
      (await run(`${QUICK} --lpx-racks 2 --lpx-rack-kw 100 --reading racks --mode decode --format json`)).stdout,
    );
    expect(report.settings).toMatchObject({ racksPerNvl72: 2, reading: 'racks', mode: 'decode', speculation: false });
    expect(report.fleet.racksPerNvl72).toMatchObject({ value: 2, lo: 2, hi: 2 });
    expect(report.sources.find(({ id }: { id: string }) => id === 'power/lpx-rack-kw').source).toBe(
      'given by the user',
    );
  });

  it.each([
    ['--share 2', '--share 2: must be a number from 0 to 1'],
    ['--gpus many', '--gpus many: must be a number'],
    ['--tiers 1,2', '--tiers 1,2: must be 4 shares'],
    ['--precision int3', "unknown precision 'int3'. Known: bf16, fp8, fp4"],
  ])('refuses %s', async (flags, message) => {
    await refuses(`pairing ${flags}`, message);
  });
});
