// The rollout end to end on the CPU twin: does it answer what a hand calculation answers, merge exactly, and stay finite?
import { describe, expect, it } from 'vitest';
import { cpuTwin } from '../../../kernels/rollout/twin.ts';
import { FACTORS, type RolloutInputs, type RolloutOutputs, STATES } from '../../core/rollout.ts';
import { FACTOR_WORDS, PRIOR_SETTINGS } from './factors.ts';
import { buildRolloutInputs } from './inputs.ts';
import { findPrior, ROLLOUT_CONSTANTS } from './priors.ts';
import { buildRolloutReport } from './report.ts';
import { runRollout } from './run.ts';
import { DEFAULT_SCENARIO, ROLLOUT_SETTINGS, readScenario } from './scenario.ts';
import { mergeShards, WHOLE } from './shard-file.ts';
import { HEADLINE, OUTCOMES } from './tally.ts';

const scenario = readScenario({ scenarios: 1500, 'user-rate': 120 }, 'test');
const file = await runRollout(scenario, WHOLE, cpuTwin);
const report = buildRolloutReport(file);

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
    for (const factor of FACTORS) for (const id of FACTOR_WORDS[factor].priors) expect(findPrior(id).id).toBe(id);
    for (const [id, setting] of Object.entries(PRIOR_SETTINGS)) {
      findPrior(id);
      expect(ROLLOUT_SETTINGS).toHaveProperty(setting);
    }
  });

  it('say so where the scenario replaces them', () => {
    const own = readScenario({ ...scenario, 'lpx-rack-kw': 100, 'power-gw': 3 }, 'test');
    const sources = buildRolloutReport({ ...file, inputs: { ...own } as never }).sources;
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
    const { down } = buildRolloutInputs(DEFAULT_SCENARIO);
    // Levels 15 and 16 lie on both sides of z = 0.
    expect((down[1][15]! + down[1][16]!) / 2).toBeCloseTo(1 - 1 / (1 + 1.97e-5 * 72 * 28), 3);
    expect(down[0][15]! / down[1][15]!).toBeCloseTo(8 / 72, 1);
  });

  it('ramp from nothing at the start of 2026 to everything at the end of 2027', () => {
    const { ramp } = buildRolloutInputs(DEFAULT_SCENARIO).tables;
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
    // An engine that always says: 100 older and 10 newer domains serve, 2 and 3 tokens/s each, 8 newer and 1 LPX paired.
    const one = async (inputs: RolloutInputs, _: number, count: number): Promise<RolloutOutputs> => {
      const cells = count * inputs.quarters;
      const states = new Float32Array(cells * STATES.length);
      const rates = new Float32Array(cells * 3);
      for (let i = 0; i < cells; i++) {
        states.set([900, 720, 100, 10, 100, 10, 8, 1, 0, 4], i * STATES.length);
        rates.set([200, 30, 48], i * 3);
      }
      return { factors: new Int32Array(count * FACTORS.length), states, rates };
    };
    return runRollout(scenario, WHOLE, { name: 'fake', run: one }).then((known) => {
      const { headline, generations, decompositions } = buildRolloutReport(known);
      const near = (value: number, expected: number) => expect(Math.abs(value / expected - 1)).toBeLessThan(0.011);
      near(headline.unpaired.p50, 230);
      near(headline.paired.p10, 248);
      near(headline.ratio.p90, 248 / 230);
      expect(headline.pays).toBe(1);
      near(generations[0]!.serving.p50, 800);
      near(generations[2]!.serving.p50, 8 * 72);
      near(headline.watts.p50, 1000 * (100 * 8 * 2.1 + 10 * 72 * 2.8));
      for (const { parts } of decompositions) for (const { share } of parts) expect(share).toBe(0);
    });
  });

  it('finds the break-even share by the formula', async () => {
    // At 120 tokens/s/user LPX lifts; with free LPX every share pays, with absurdly hungry racks none does.
    const cheap = readScenario({ ...scenario, scenarios: 300, 'lpx-rack-kw': 1, 'lpx-racks': 0.05 }, 'test');
    const dear = readScenario({ ...scenario, scenarios: 300, 'lpx-rack-kw': 10_000, 'lpx-racks': 100 }, 'test');
    const free = buildRolloutReport(await runRollout(cheap, WHOLE, cpuTwin)).breakEvenShare;
    expect(free.never).toBeLessThan(0.05);
    expect(free.spread.p50).toBeCloseTo(1, 1);
    expect(buildRolloutReport(await runRollout(dear, WHOLE, cpuTwin)).breakEvenShare.never).toBe(1);
  });

  it('explains the spread by shares that add up to one', () => {
    for (const outcome of OUTCOMES) {
      const { parts, rest } = report.decompositions.find((d) => d.outcome === outcome)!;
      const sum = parts.reduce((a, { share }) => a + share, rest);
      expect(sum).toBeGreaterThan(0.999);
      expect(sum).toBeLessThan(1.15);
    }
    const unpaired = report.decompositions[0]!;
    expect(unpaired.parts[0]!.share).toBeGreaterThan(0.1);
    const rate = unpaired.parts.find(({ factor }) => factor === 'rate')!;
    expect(rate.high).toBeGreaterThan(rate.low * 1.5);
    // Utilisation moves no capacity: what is left of its share is chance.
    expect(unpaired.parts.find(({ factor }) => factor === 'utilisation')!.share).toBeLessThan(0.02);
  });

  it('loses nothing by more power, and is the same with the same seed', async () => {
    const richer = readScenario({ ...scenario, 'power-gw': 20 }, 'test');
    const poorer = readScenario({ ...scenario, 'power-gw': 1 }, 'test');
    const [more, less] = [await runRollout(richer, WHOLE, cpuTwin), await runRollout(poorer, WHOLE, cpuTwin)];
    expect(buildRolloutReport(more).headline.unpaired.p50).toBeGreaterThan(
      1.5 * buildRolloutReport(less).headline.unpaired.p50,
    );
    expect(await runRollout(scenario, WHOLE, cpuTwin)).toEqual(file);
  }, 30_000);
});

describe('sharding', () => {
  it('merges to exactly the unsharded run, in any order', async () => {
    for (const of of [2, 5]) {
      const parts = [];
      for (let index = of - 1; index >= 0; index--) {
        const part = JSON.parse(JSON.stringify(await runRollout(scenario, { index, of }, cpuTwin)));
        parts.push({ name: `${index}.json`, file: part });
      }
      const merged = mergeShards(parts);
      expect(merged.sketches).toEqual(JSON.parse(JSON.stringify(file.sketches)));
      for (const [name, tally] of Object.entries(file.tallies)) expect(merged.tallies[name], name).toEqual(tally);
      expect(buildRolloutReport(merged)).toEqual(report);
    }
  }, 30_000);

  it('refuses to report on less than all parts', async () => {
    const part = await runRollout(scenario, { index: 1, of: 3 }, cpuTwin);
    expect(() => buildRolloutReport(part)).toThrow('1 of 3 parts');
  });
});
