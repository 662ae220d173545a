// The rollout end to end on the CPU twin: does it answer what a hand calculation answers, merge exactly, and stay finite?
import { describe, expect, it } from 'vitest';
import { cpuTwin } from '../../../kernels/rollout/twin.ts';
import { FACTORS, type RolloutInputs, type RolloutOutputs, STATES } from '../../core/rollout.ts';
import { allConstants, findConstant } from '../catalogue.ts';
import { latinColumn } from '../draws.ts';
import { createFleetModel } from '../fleet-model.ts';
import { DEFAULT_SCENARIO, readScenario, type Scenario } from '../scenario.ts';
import { SETTINGS } from '../scenario-settings.ts';
import { FACTOR_WORDS, PRIOR_SETTINGS, SERVING_WORDS } from './factors.ts';
import { buildRolloutReport, type RolloutReport } from './report.ts';
import { runRollout } from './run.ts';
import { mergeShards, type Shard, type ShardFile, WHOLE } from './shard-file.ts';
import { HEADLINE, OUTCOMES } from './tally.ts';

const model = createFleetModel();
const runOf = (of: Scenario, shard: Shard = WHOLE): Promise<ShardFile> =>
  runRollout(of, model.inputsOf(of).inputs, shard, cpuTwin);
const reportOf = async (of: Scenario): Promise<RolloutReport> =>
  buildRolloutReport(await runOf(of), model.inputsOf(of).rates);

// Llama-3.1-70B in FP4 at a speed where the front of GPUs alone is falling off.
const scenario = readScenario({ scenarios: 1500, rows: 48, 'user-rate': 500 }, 'test');
const file = await runOf(scenario);
const report = buildRolloutReport(file, model.inputsOf(scenario).rates);
const ROLLOUT_CONSTANTS = allConstants().filter(({ id }) => id.startsWith('rollout/'));

describe('priors', () => {
  it('have a source, a year and a value inside their range', () => {
    for (const { id, source, date, lo, value, hi, shape } of ROLLOUT_CONSTANTS) {
      expect(source.length, id).toBeGreaterThan(30);
      expect(date, id).toMatch(/^20\d\d(-\d\d){0,2}$/);
      expect(lo <= value && value <= hi, id).toBe(true);
      expect(lo === hi, id).toBe(shape === 'fixed');
    }
    expect(new Set(ROLLOUT_CONSTANTS.map(({ id }) => id)).size).toBe(ROLLOUT_CONSTANTS.length);
  });

  it('are all in the report’s sources, and every factor has some', () => {
    const moe = ['rollout/drift-moe'];
    const named = new Set(report.sources.map(({ id }) => id));
    for (const { id } of ROLLOUT_CONSTANTS) if (!moe.includes(id)) expect([...named], id).toContain(id);
    for (const factor of FACTORS) for (const id of FACTOR_WORDS[factor].priors) expect(findConstant(id).id).toBe(id);
    for (const [id, setting] of Object.entries(PRIOR_SETTINGS)) {
      findConstant(id);
      expect(SETTINGS).toHaveProperty(setting);
    }
  });

  it('have short words where a serving row draws them', () => {
    const drawn = model.inputsOf(scenario).rates.study.drawnIds.map(({ id }) => id);
    expect(drawn.sort()).toEqual(Object.keys(SERVING_WORDS).sort());
  });

  it('say so where the scenario replaces them', () => {
    const own = readScenario({ ...scenario, 'lpx-rack-kw': 100, 'power-gw': 3 }, 'test');
    const sources = buildRolloutReport({ ...file, inputs: { ...own } as never }, model.inputsOf(own).rates).sources;
    expect(sources.find(({ id }) => id === 'power/lpx-rack-kw')).toMatchObject({
      value: 100,
      lo: 100,
      hi: 100,
      basis: 'given',
    });
    expect(sources.find(({ id }) => id === 'rollout/power-gw-year')).toMatchObject({ value: 3, basis: 'given' });
    expect(sources.find(({ id }) => id === 'rollout/power-share')).toMatchObject({ lo: 0.3, hi: 0.6 });
  });
});

describe('inputs', () => {
  it('put 96 % of Rubin domains in working order at the median', () => {
    const { down } = model.inputsOf({ ...DEFAULT_SCENARIO, rows: 16 }).inputs;
    // Levels 15 and 16 lie on both sides of z = 0.
    expect((down[1][15]! + down[1][16]!) / 2).toBeCloseTo(1 - 1 / (1 + 1.97e-5 * 72 * 28), 3);
  });

  it('ramp from nothing at the start of 2026 to everything at the end of 2027', () => {
    const { ramp } = model.inputsOf({ ...DEFAULT_SCENARIO, rows: 16 }).inputs.tables;
    expect([ramp[0], ramp[64], ramp[128], ramp[256]]).toEqual([0, 0, 65536, 65536]);
    expect([...ramp].every((x, i) => i === 0 || x >= ramp[i - 1]!)).toBe(true);
  });
});

describe('report', () => {
  it('holds no number that is not finite', () => {
    const bad: string[] = [];
    JSON.stringify(report, (key, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) bad.push(key);
      return value;
    });
    expect(bad).toEqual([]);
  });

  it('delivers about a million GPUs by the end of 2027, most of a tenth of scenarios fewer than 0.85', () => {
    const { delivered } = report.fan[HEADLINE]!;
    expect(report.fan[HEADLINE]!.quarter).toBe('Q4 2027');
    expect(delivered.p50).toBeGreaterThan(900_000);
    expect(delivered.p50).toBeLessThan(1_050_000);
    expect(delivered.p10).toBeGreaterThan(650_000);
    expect(delivered.p90).toBeLessThan(1_200_000);
  });

  it('is the fleet of one known scenario where nothing is uncertain', () => {
    // An engine that always says: 100 older, 20 of the later chip and 10 newer domains serve; 8 newer and 1 LPX rack paired.
    const one = async (inputs: RolloutInputs, _: number, count: number): Promise<RolloutOutputs> => {
      const cells = count * inputs.quarters;
      const states = new Float32Array(cells * STATES.length);
      const rates = new Float32Array(cells * 4);
      for (let i = 0; i < cells; i++) {
        states.set([7300, 1500, 730, 101, 20, 10, 100, 20, 10, 8, 1, 0, 4], i * STATES.length);
        rates.set([200, 50, 30, 48], i * 4);
      }
      return { factors: new Int32Array(count * FACTORS.length), states, rates };
    };
    const { inputs, rates } = model.inputsOf(scenario);
    return runRollout(scenario, inputs, WHOLE, { name: 'fake', run: one }).then((known) => {
      const { headline, generations, decompositions } = buildRolloutReport(known, rates);
      const near = (value: number, expected: number) => expect(Math.abs(value / expected - 1)).toBeLessThan(0.011);
      near(headline.unpaired.p50, 280);
      near(headline.paired.p10, 298);
      near(headline.ratio!.p90, 298 / 280);
      expect(headline.pays).toBe(1);
      near(generations[0]!.serving.p50, 7200);
      near(generations[1]!.serving.p50, 20 * 72);
      near(generations[3]!.serving.p50, 8 * 72);
      near(headline.watts.p50, 72_000 * (101 * 2.1 + 20 * 2.2 + 10 * 2.8));
      for (const { parts } of decompositions) for (const { share } of parts) expect(share).toBe(0);
    });
  });

  it('finds the break-even share by the formula', async () => {
    // At this speed LPX lifts; with nearly free racks every share pays, with absurdly hungry ones none does.
    const cheap = readScenario({ ...scenario, scenarios: 300, 'lpx-rack-kw': 1 }, 'test');
    const dear = readScenario({ ...scenario, scenarios: 300, 'lpx-rack-kw': 10_000, 'lpx-racks': 100 }, 'test');
    const free = await reportOf(cheap);
    expect(free.breakEvenShare.never).toBeLessThan(1 - free.serving.fallenOff + 0.1);
    expect(free.breakEvenShare.spread.p90).toBeCloseTo(1, 1);
    // Where GPUs alone serve nothing, any share gains.
    const alone = model.inputsOf(dear).rates.newer;
    const served = [...alone].filter((rate) => rate > 0).length / alone.length;
    expect((await reportOf(dear)).breakEvenShare.never).toBeCloseTo(served, 1);
  });

  it('explains the spread by shares that add up to about one', () => {
    for (const outcome of OUTCOMES) {
      const { parts, rest } = report.decompositions.find((d) => d.outcome === outcome)!;
      const sum = parts.reduce((a, { share }) => a + share, rest);
      expect(sum).toBeGreaterThan(0.999);
      expect(sum).toBeLessThan(1.25);
    }
    const unpaired = report.decompositions[0]!;
    const overhead = unpaired.parts.find(({ factor }) => factor === 'pairing/gpu-overhead')!;
    // More overhead serves fewer tokens.
    expect(overhead.share).toBeGreaterThan(0.05);
    expect(overhead.low).toBeGreaterThan(overhead.high);
    // Utilisation moves no capacity: what is left of its share is chance.
    expect(unpaired.parts.find(({ factor }) => factor === 'utilisation')!.share).toBeLessThan(0.02);
  });

  it('tells a constant’s share by the line put in', () => {
    // Rows whose outcome is exp of one constant's z and nothing else.
    const { rates } = model.inputsOf(scenario);
    const [first] = rates.study.drawnIds;
    const z = latinColumn(first!.id, scenario.seed, scenario.rows);
    const buckets = Array.from(z, (x) => Math.round(100 * x) + 1000);
    const sketch = { relativeError: 0.01 as const, zeros: 0, buckets: countsOf(buckets) };
    const tally = [...buckets.map(() => 1), ...buckets];
    const made = {
      ...file,
      sketches: { ...file.sketches, [`unpaired/${report.headline.quarter}`]: sketch },
      tallies: { 'unpaired/serving': tally, pays: [1, 1] },
    };
    const [unpaired] = buildRolloutReport(made, rates).decompositions;
    const share = (id: string): number => unpaired!.parts.find(({ factor }) => factor === id)!.share;
    expect(share(first!.id)).toBeGreaterThan(0.95);
    for (const { id } of rates.study.drawnIds.slice(1)) expect(share(id), id).toBeLessThan(0.2);
  });

  it('loses nothing by more power, and is the same with the same seed', async () => {
    const richer = readScenario({ ...scenario, 'power-gw': 20 }, 'test');
    const poorer = readScenario({ ...scenario, 'power-gw': 1 }, 'test');
    const [more, less] = [await reportOf(richer), await reportOf(poorer)];
    expect(more.headline.unpaired.p50).toBeGreaterThan(1.5 * less.headline.unpaired.p50);
    expect(await runOf(scenario)).toEqual(file);
  }, 30_000);

  it('stays finite in every corner, and says so where nothing serves', async () => {
    const corners = [
      { 'user-rate': 1e5 },
      { 'user-rate': 0.1 },
      { share: 0 },
      { share: 1, reading: 'workload' },
      { share: 0.99, reading: 'racks' },
      { gpus: 8 },
      { 'power-gw': 0.01, 'power-share': 0.01 },
      { 'newer-2026': 0, 'newer-2027': 0 },
      { 'newer-2026': 1, 'newer-2027': 1, 'ultra-share': 1 },
      { model: 'gpt-oss-20b', precision: 'fp4', isl: 1, osl: 1 },
      { model: 'llama-3.1-405b', precision: 'bf16', isl: 131072, osl: 8192 },
      { 'lpx-racks': 1000, 'lpx-rack-kw': 10_000 },
      { count: 'dies', gpus: 2e6 },
      { mode: 'draft', speculation: 'off' },
      { 'cache-hit': 0.99 },
    ];
    for (const corner of corners) {
      const answer = await reportOf(readScenario({ scenarios: 200, rows: 16, ...corner }, 'test'));
      const bad: string[] = [];
      JSON.stringify(answer, (key, value: unknown) => {
        if (typeof value === 'number' && !Number.isFinite(value)) bad.push(key);
        return value;
      });
      expect(bad, JSON.stringify(corner)).toEqual([]);
    }
    const nothing = await reportOf(readScenario({ scenarios: 200, rows: 16, 'user-rate': 1e5 }, 'test'));
    expect([nothing.headline.unpaired.p90, nothing.headline.paired.p90, nothing.headline.ratio]).toEqual([0, 0, null]);
  }, 60_000);

  it('counts dies as half packages', async () => {
    const small = { scenarios: 200, rows: 16 };
    const packages = await reportOf(readScenario({ ...small, gpus: 500_000 }, 'test'));
    const dies = await reportOf(readScenario({ ...small, gpus: 1_000_000, count: 'dies' }, 'test'));
    expect(dies.headline).toEqual(packages.headline);
    expect(dies.conditions).toContain('GPUs are dies, 500,000 packages');
  });
});

function countsOf(buckets: readonly number[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const bucket of buckets) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

describe('sharding', () => {
  it('merges to exactly the unsharded run, in any order', async () => {
    for (const of of [2, 5]) {
      const parts = [];
      for (let index = of - 1; index >= 0; index--) {
        const part = JSON.parse(JSON.stringify(await runOf(scenario, { index, of })));
        parts.push({ name: `${index}.json`, file: part });
      }
      const merged = mergeShards(parts);
      expect(merged.sketches).toEqual(JSON.parse(JSON.stringify(file.sketches)));
      for (const [name, tally] of Object.entries(file.tallies)) expect(merged.tallies[name], name).toEqual(tally);
      expect(buildRolloutReport(merged, model.inputsOf(scenario).rates)).toEqual(report);
    }
  }, 30_000);

  it('refuses to report on less than all parts', async () => {
    const part = await runOf(scenario, { index: 1, of: 3 });
    expect(() => buildRolloutReport(part, model.inputsOf(scenario).rates)).toThrow('1 of 3 parts');
  });
});
