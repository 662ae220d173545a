// The fleet report: one model under every figure, sources for all of it, and a bridge that lets only counted work across.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import type { ResultFile } from '../results/schema.ts';
import { createFleetModel } from './fleet-model.ts';
import { buildFleetReport, type FleetReport } from './report.ts';
import { DEFAULT_SCENARIO, readScenario, type Scenario } from './scenario.ts';
import { findArchitecture } from './serving/catalogue.ts';
import { decodeFlops } from './serving/step.ts';
import { PROBES, syntheticResult, syntheticRow } from './synthetic-result.ts';

const model = createFleetModel();
const SMALL = { scenarios: 400, rows: 24 };
const reportOf = (change: Partial<Scenario> = {}, result: ResultFile | null = null): Promise<FleetReport> =>
  buildFleetReport(result, readScenario({ ...SMALL, ...change }, 'test'), cpuTwin, model);
const standard = await reportOf();

/** Every number in a report, with its path. */
function numbersIn(part: unknown, path = ''): [string, number][] {
  if (typeof part === 'number') return [[path, part]];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => numbersIn(value, `${path}/${key}`));
}

describe('buildFleetReport', () => {
  it('is the same twice by seed, and close but not equal by another seed', async () => {
    expect(await reportOf()).toEqual(standard);
    const [first, other] = [standard.fleet.headline.paired, (await reportOf({ seed: 2 })).fleet.headline.paired];
    expect(other.p50).not.toBe(first.p50);
    expect(Math.abs(Math.log(other.p50 / first.p50))).toBeLessThan(0.15);
  });

  it('serves at a Rubin what the same serving model gives it: the front’s figure at the asked speed', () => {
    const { rates } = model.inputsOf(readScenario(SMALL, 'test'));
    const middle = [...rates.newer].sort((a, b) => a - b)[12]!;
    const { alone } = standard.front.find(({ tokensPerUser }) => tokensPerUser === 50)!;
    // Per GPU at 2.8 kW each against per MW at the median: spread of a median of 24 rows.
    expect(Math.abs(Math.log(middle / 2800 / (alone! / 1e6)))).toBeLessThan(0.15);
  });

  it('makes both fleets the same at share 0', async () => {
    const { headline, fan } = (await reportOf({ share: 0 })).fleet;
    expect(headline.paired).toEqual(headline.unpaired);
    for (const { paired, unpaired } of fan) expect(paired).toEqual(unpaired);
    expect(headline.lpxRacks.p97_5).toBe(0);
  });

  it('says that pairing loses before the fall-off, and gains far past it', async () => {
    expect(standard.fleet.serving.fallenOff).toBeLessThan(0.1);
    expect(standard.fleet.headline.ratio!.p90).toBeLessThan(1);
    const fast = await reportOf({ 'user-rate': 900, model: 'deepseek-r1', precision: 'fp4' });
    expect(fast.fleet.serving.fallenOff).toBeGreaterThan(0.9);
    expect(fast.fleet.headline.pays).toBeGreaterThan(0.5);
    expect(fast.vendorClaims).toContain('lpx/layer-us');
  });

  it('serves capacity times utilisation', async () => {
    const { fan, headline } = (await reportOf({ utilisation: 0.5 })).fleet;
    const { servedUnpaired } = fan.find(({ quarter }) => quarter === headline.quarter)!;
    expect(servedUnpaired.p50 / headline.unpaired.p50).toBeCloseTo(0.5, 1);
  });

  it('knows every model of the catalogue in every precision, or says that it does not fit', async () => {
    for (const name of ['llama-3.1-8b', 'llama-3.1-405b', 'llama-2-70b', 'qwen3-32b', 'qwen3-235b-a22b', 'gpt-oss-20b'])
      expect(
        (await reportOf({ model: name, rows: 16, scenarios: 200 })).fleet.headline.unpaired.p50,
        name,
      ).toBeGreaterThan(0);
    for (const name of ['gpt-oss-120b', 'deepseek-r1', 'mixtral-8x7b', 'qwen3-30b-a3b'])
      expect(
        (await reportOf({ model: name, precision: 'fp4', rows: 16, scenarios: 200 })).fleet.headline.unpaired.p50,
        name,
      ).toBeGreaterThan(0);
  });

  it('leads every number to a source', () => {
    const ids = standard.sources.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, source } of standard.sources) expect(source.length, id).toBeGreaterThan(10);
    for (const id of [
      'chip/GB200',
      'chip/GB300',
      'chip/Rubin R200',
      'model/llama-3.1-70b',
      'calibration/blackwell-step',
    ])
      expect(ids).toContain(id);
    for (const { parts } of standard.fleet.decompositions)
      for (const { factor } of parts) if (factor.includes('/')) expect(ids).toContain(factor);
  });
});

describe('properties', () => {
  const headline = async (change: Partial<Scenario>) =>
    (await reportOf({ scenarios: 200, rows: 16, ...change })).fleet.headline;

  it('more power never lowers capacity, and no scenario gives a broken number', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 1500 }),
        async (power, share, rate) => {
          const change = { 'power-gw': power, share, 'user-rate': rate };
          const [less, more] = [await headline(change), await headline({ ...change, 'power-gw': 2 * power })];
          expect(more.unpaired.p50).toBeGreaterThanOrEqual(less.unpaired.p50);
          expect(numbersIn(less).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it('a faster token never lets the fleet serve more', async () => {
    let before = Number.POSITIVE_INFINITY;
    for (const rate of [10, 50, 150, 400, 800, 1500]) {
      const { unpaired } = await headline({ 'user-rate': rate });
      expect(unpaired.p50, String(rate)).toBeLessThanOrEqual(before * 1.0001);
      before = unpaired.p50;
    }
  });

  it('GPUs and racks of less power never lose', async () => {
    const [hungry, frugal] = [await headline({ 'rubin-kw': 3.5 }), await headline({ 'rubin-kw': 2 })];
    expect(frugal.unpaired.p50).toBeGreaterThanOrEqual(hungry.unpaired.p50);
    const [large, small] = [await headline({ 'lpx-rack-kw': 300 }), await headline({ 'lpx-rack-kw': 50 })];
    expect(small.paired.p50).toBeGreaterThanOrEqual(large.paired.p50);
  });
});

describe('bridge', () => {
  const llama = findArchitecture('llama-3.1-70b')!;
  const row = (name: string, flops: number) =>
    syntheticRow({ id: `model/ort-webgpu/${name}:prompt=64;new=8`, ns: 1e9, flops, bytes: 7e10 });
  const from = (name: string, isSoftware: boolean, flops = 2 * decodeFlops(llama, 68)): Promise<FleetReport> =>
    reportOf({}, syntheticResult([[...PROBES, row(name, flops)]], isSoftware));

  it('lets nothing cross from a software adapter, and says so', async () => {
    const { bridge, fleet } = await from('llama-3.1-70b', true);
    expect(bridge).toMatchObject({ weight: 0, medianMoved: 0, widthMoved: 0 });
    expect(bridge.reason).toContain('software adapter');
    expect(fleet).toEqual(standard.fleet);
  });

  it('lets counts of another model say nothing, and shows them', async () => {
    const { bridge, fleet } = await from('smollm2-135m', false, 3e11);
    expect(bridge).toMatchObject({ weight: 0, medianMoved: 0 });
    expect(bridge.counts).toEqual([
      {
        model: 'smollm2-135m',
        from: 'model/ort-webgpu/smollm2-135m:prompt=64;new=8',
        flopsPerToken: 3e11,
        bytesPerToken: 7e10,
      },
    ]);
    expect(fleet).toEqual(standard.fleet);
  });

  it('lets counted flops of the fleet model cross, and computes by how much they moved the fleet', async () => {
    const { bridge, fleet } = await from('llama-3.1-70b', false);
    expect(bridge).toMatchObject({ weight: 1, flopsFactor: 2 });
    // Twice the arithmetic a token serves fewer of them.
    expect(bridge.medianMoved).toBeLessThan(-0.02);
    const [after, before] = [fleet.headline.paired.p50, standard.fleet.headline.paired.p50];
    expect(after / before - 1).toBeCloseTo(bridge.medianMoved, 12);
  });

  it('moves nothing by a count that is as the shape says', async () => {
    const { bridge } = await from('llama-3.1-70b', false, decodeFlops(llama, 68));
    expect(bridge).toMatchObject({ weight: 1, flopsFactor: 1, medianMoved: 0, widthMoved: 0 });
  });

  it('says of what no run measures that it is not measured, and lets it not cross', async () => {
    const { bridge } = await from('llama-3.1-70b', false);
    const of = (what: string) => bridge.quantities.find((quantity) => quantity.what === what)!;
    expect(of('flops a token')).toMatchObject({ measured: 'counted', crosses: true });
    for (const what of ['drafts accepted', 'experts chosen', 'prefix cache hits'])
      expect(of(what), what).toMatchObject({ measured: null, crosses: false });
    expect(of('drafts accepted').fleetTakes).toContain('prior');
    // Routing of a model with experts is not read back; no made-up weights may stand in for it.
    const routed = (await from('gpt-oss-20b', false)).bridge.quantities.find(({ what }) => what === 'experts chosen')!;
    expect(routed).toMatchObject({ measured: null, crosses: false });
    expect(routed.fleetTakes).toContain('not read back');
    expect((await from('llama-3.1-70b', true)).bridge.quantities.some(({ crosses }) => crosses)).toBe(false);
  });

  it('carries no time of the device: a run ten times slower gives the same fleet', async () => {
    const slow = [...PROBES, row('llama-3.1-70b', 3e11)].map((one) => ({
      ...one,
      metrics: one.metrics.map((m) => ({ ...m, samples: m.samples.map((s) => 10 * s) })),
    }));
    const slower = await reportOf({}, syntheticResult([slow]));
    expect(slower.fleet).toEqual((await from('llama-3.1-70b', false, 3e11)).fleet);
  });
});

it('has defaults that stand in the catalogue', () => {
  expect(readScenario({}, 'test')).toEqual(DEFAULT_SCENARIO);
});
