import { describe, expect, it } from 'vitest';
import { UserError } from '../core/errors.ts';
import { createEvaluator } from './capacity.ts';
import { CONSTANTS } from './catalogue.ts';
import { buildFleetReport, type FleetReport } from './report.ts';
import { DEFAULT_FLEET_SETTINGS, type FleetSettings, parseFleetSettings } from './settings.ts';
import { createSimulation } from './simulation.ts';
import { PROBES, syntheticResult, syntheticRow } from './synthetic-result.ts';

const report = (change: Partial<FleetSettings> = {}): FleetReport =>
  buildFleetReport(null, { ...DEFAULT_FLEET_SETTINGS, ...change });
const standard = report();

/** Every number in a report, with its path. */
function numbersIn(part: unknown, path = ''): [string, number][] {
  if (typeof part === 'number') return [[path, part]];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => numbersIn(value, `${path}/${key}`));
}

describe('buildFleetReport', () => {
  it('is the same twice by seed, and close but not equal by another seed', () => {
    expect(report()).toEqual(standard);
    const other = report({ seed: 2 }).fleet.equalPower.paired;
    const first = standard.fleet.equalPower.paired;
    expect(other.value).not.toBe(first.value);
    for (const key of ['value', 'lo', 'hi'] as const) expect(other[key] / first[key]).toBeCloseTo(1, 1);
  });

  it('has its median where the medians of the constants put it', () => {
    const { plan } = createSimulation(DEFAULT_FLEET_SETTINGS, null);
    const value = (id: string): number => CONSTANTS.find((constant) => constant.id === id)!.value;
    const { unpaired } = createEvaluator(plan, 50)(value);
    expect(standard.fleet.equalPower.unpaired.value / unpaired).toBeCloseTo(1, 1);
  });

  it('has 80 % intervals that follow the spread put in', () => {
    // One working Blackwell: interpolated rate times the measurement spread alone.
    const { value, lo, hi } = standard.fleet.perGpu.blackwell;
    expect(Math.abs(Math.log(lo / value / 0.8))).toBeLessThan(0.02);
    expect(Math.abs(Math.log(hi / value / 1.25))).toBeLessThan(0.02);
  });

  it('makes both fleets the same, draw by draw, at share 0', () => {
    const { equalPower, equalCount, notes } = { ...report({ share: 0 }).fleet, notes: report({ share: 0 }).notes };
    expect(equalPower.paired).toEqual(equalPower.unpaired);
    expect(equalCount.paired).toEqual(equalCount.unpaired);
    expect(equalPower.ratio).toMatchObject({ value: 1, lo: 1, hi: 1 });
    expect(notes).toContain('No Rubin is paired, so both fleets are the same.');
  });

  it('says that pairing gains nothing before the fall-off, and gains past it', () => {
    expect(standard.fleet.lift).toMatchObject({ value: 1, lo: 1, hi: 1 });
    expect(standard.fleet.equalPower.ratio.value).toBeLessThan(1);
    expect(standard.fleet.equalCount.ratio.value).toBe(1);
    const fast = report({ 'user-rate': 150 });
    expect(fast.fleet.equalPower.ratio.lo).toBeGreaterThan(1);
    expect(fast.fleet.lift.basis).toBe('vendor-claim');
    expect(fast.vendorClaims).toContain('lpx/interactivity-gain');
  });

  it('breaks even where the medians of both fleets meet', () => {
    const at = standard.fleet.breakEven!;
    const simulation = createSimulation(DEFAULT_FLEET_SETTINGS, null);
    const gain = (user: number): number => {
      const c = createEvaluator(simulation.plan, user)((id) => CONSTANTS.find((entry) => entry.id === id)!.value);
      return c.pairedEqualPower / c.unpaired;
    };
    expect(gain(at)).toBeGreaterThanOrEqual(1);
    expect(gain(at * 0.98)).toBeLessThan(1);
  });

  it('takes a given prior as exact and marks it so', () => {
    const { fleet, sources } = report({ 'rubin-share': 1, 'lpx-rack-kw': 100 });
    expect(fleet.rubinGpus).toMatchObject({ value: 1e6, lo: 1e6, hi: 1e6, basis: 'given' });
    expect(sources.find((entry) => entry.id === 'power/lpx-rack-kw')).toMatchObject({ value: 100, basis: 'given' });
  });

  it('serves capacity times utilisation', () => {
    const { fleet } = report({ utilisation: 0.5 });
    expect(fleet.served.unpaired.value).toBeCloseTo(fleet.equalPower.unpaired.value / 2, 0);
  });

  it('holds no number that is not finite, whatever the corner', () => {
    const corners: Partial<FleetSettings>[] = [
      {},
      { gpus: 1 },
      { gpus: 1e9, share: 1 },
      { 'rubin-share': 0 },
      { 'rubin-share': 1, share: 1, 'user-rate': 153.66 },
      { model: 'gpt-oss-120b', precision: 'fp4', osl: 8192, 'user-rate': 128.02 },
      { model: 'deepseek-r1', osl: 8192, 'user-rate': 100 },
      { reading: 'racks', share: 1 },
      { reading: 'workload', share: 1, 'rubin-share': 0 },
      { reading: 'datacenter', 'rubin-share': 0.001 },
    ];
    for (const corner of corners) {
      const bad = numbersIn(report(corner)).filter(([, value]) => !Number.isFinite(value));
      expect(bad, JSON.stringify(corner)).toEqual([]);
    }
  });

  it('lists a source for every figure', () => {
    const ids = standard.sources.map((entry) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const entry of standard.sources) expect(entry.source, entry.id).not.toBe('');
    const text = JSON.stringify(standard.fleet);
    for (const [, list] of text.matchAll(/"sources":\[([^\]]*)\]/g)) {
      const named = JSON.parse(`[${list}]`) as string[];
      expect(named.length).toBeGreaterThan(0);
      for (const id of named) expect(ids).toContain(id);
    }
  });

  it('reports its checks against measured points as found', () => {
    const { interpolation, transfer } = standard.fleet.checks;
    expect([interpolation.points.length, interpolation.coverage]).toEqual([9, 1]);
    expect([transfer.points.length, transfer.coverage]).toEqual([4, 1]);
    const mixture = report({ model: 'deepseek-r1', osl: 8192, 'user-rate': 100 });
    expect(mixture.fleet.checks.transfer.coverage).toBe(0);
    expect(mixture.notes.join(' ')).toContain('0 of 4 inside the 80 % interval');
    expect(mixture.notes.join(' ')).toContain('FAILED');
  });
});

describe('bad settings', () => {
  it.each([
    ['gpus', '0', 'whole number from 1 to 1000000000'],
    ['gpus', '2e9', 'whole number'],
    ['gpus', '1.5', 'whole number'],
    ['gpus', '', 'whole number'],
    ['share', '-0.1', 'from 0 to 1'],
    ['share', 'NaN', 'from 0 to 1'],
    ['rubin-share', '1.01', 'from 0 to 1'],
    ['lpx-rack-kw', '0', 'from 1 to 10000'],
    ['lpx-gain', 'Infinity', 'from 1 to 100'],
    ['model', 'gpt-5', 'Known: llama-3.1-70b'],
    ['precision', 'int3', 'Known: fp8, fp4'],
    ['reading', 'floors', 'Known: rubins, datacenter, racks, workload'],
    ['chips', '3', 'Known: gpus'],
  ])('refuses %s=%s', (name, text, message) => {
    expect(() => parseFleetSettings({ [name]: text })).toThrow(UserError);
    expect(() => parseFleetSettings({ [name]: text })).toThrow(message);
  });

  it.each([
    { 'user-rate': 20 },
    { 'user-rate': 1000 },
    { isl: 3 },
    { gpus: Number.NaN },
    { share: -1 },
    { model: 'unknown' },
  ] as Partial<FleetSettings>[])('refuses %j in a report', (change) => {
    expect(() => report(change)).toThrow(UserError);
  });
});

describe('bridge', () => {
  const decoder = (name: string) =>
    syntheticRow({ id: `model/ort-webgpu/${name}:new=8`, ns: 1e9, flops: 3e11, bytes: 7e10 });
  const from = (name: string, isSoftware: boolean): FleetReport =>
    buildFleetReport(syntheticResult([[...PROBES, decoder(name)]], isSoftware), DEFAULT_FLEET_SETTINGS);

  it('lets nothing cross from a software adapter, and says so', () => {
    const { bridge, fleet } = from('llama-3.1-70b', true);
    expect(bridge).toMatchObject({ weight: 0, medianMoved: 0, widthMoved: 0 });
    expect(bridge.reason).toContain('software adapter');
    expect(fleet).toEqual(standard.fleet);
  });

  it('lets counts of another model say nothing, and shows them', () => {
    const { bridge, fleet } = from('smollm2-135m', false);
    expect(bridge).toMatchObject({ weight: 0, medianMoved: 0 });
    expect(bridge.counts).toEqual([
      { model: 'smollm2-135m', from: 'model/ort-webgpu/smollm2-135m:new=8', flopsPerToken: 3e11, bytesPerToken: 7e10 },
    ]);
    expect(fleet).toEqual(standard.fleet);
  });

  it('lets counted flops of the fleet model cross, and computes by how much they moved the fleet', () => {
    const { bridge, fleet } = from('llama-3.1-70b', false);
    expect(bridge.weight).toBe(1);
    // More arithmetic a token leans the transfer to Rubin on its larger flops ratio.
    expect(bridge.medianMoved).toBeGreaterThan(0.001);
    const [after, before] = [fleet.equalPower.paired.value, standard.fleet.equalPower.paired.value];
    expect(after / before - 1).toBeCloseTo(bridge.medianMoved, 12);
  });

  it('carries no time of the device: a run ten times slower gives the same fleet', () => {
    const slow = PROBES.map((row) => ({
      ...row,
      metrics: row.metrics.map((m) => ({ ...m, samples: m.samples.map((s) => 10 * s) })),
    }));
    const slower = buildFleetReport(syntheticResult([[...slow, decoder('llama-3.1-70b')]]), DEFAULT_FLEET_SETTINGS);
    expect(slower.fleet).toEqual(from('llama-3.1-70b', false).fleet);
  });
});
