import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { formatPairingText } from '../../report/fleet-pairing-text.ts';
import { calibrate } from '../serving/calibrate.ts';
import { PRIOR_PARAMETERS } from '../serving/parameters.ts';
import { measuredPoints } from '../serving/points.ts';
import { fleetOfPairs, serveAt } from './fleet-of-pairs.ts';
import { atMedians } from './medians.test-support.ts';
import { buildPairingReport, type PairingReport } from './report.ts';
import { DEFAULT_PAIRING, type PairingSettings } from './settings.ts';

const CALIBRATION = calibrate(measuredPoints());
const settings: PairingSettings = {
  ...DEFAULT_PAIRING,
  model: 'llama-3.1-70b',
  speculation: false,
  tokensPerUser: 150,
};
const fleet = (change: Partial<PairingSettings> = {}, values: Record<string, number> = {}) => {
  const all = { ...settings, ...change };
  return fleetOfPairs(
    all,
    serveAt(all, PRIOR_PARAMETERS, (id) => values[id] ?? atMedians(id)),
  );
};

function numbersIn(part: unknown): number[] {
  if (typeof part === 'number') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(numbersIn) : [];
}

describe('fleetOfPairs', () => {
  const fast = { tokensPerUser: 250 };

  it('is the unpaired fleet, exactly, at share 0', () => {
    const none = fleet({ ...fast, share: 0 });
    expect([none.equalPower, none.equalCount]).toEqual([none.unpaired, none.unpaired]);
    expect(none.lpxWatts).toBe(0);
  });

  it('takes power and lifts nothing before the fall-off', () => {
    const slow = fleet({ tokensPerUser: 20 });
    expect(slow.offer.fallenOff).toBe(false);
    expect(slow.equalCount).toBe(slow.unpaired);
    expect(slow.equalPower).toBeLessThan(slow.unpaired);
  });

  it('adds up by hand at equal count, equal power and equal spend', () => {
    const f = fleet({ ...fast, gpuUsd: 50_000, rackUsd: 4e6 });
    expect(f.attachedShare).toBe(0.25);
    expect(f.racks).toBeCloseTo((0.25 * f.rubins * f.racksPerNvl72) / 72, 6);
    expect(f.equalCount).toBeCloseTo(f.unpaired + 0.25 * f.rubins * (f.attachedRate - f.rubinRate), 3);
    expect(f.equalPower / f.equalCount).toBeCloseTo(f.gpuWatts / (f.gpuWatts + f.racks * 130e3 * 1.14), 9);
    expect(f.equalSpend! / f.equalCount).toBeCloseTo(5e10 / (5e10 + 4e6 * f.racks), 9);
    expect(fleet(fast).equalSpend).toBeNull();
  });

  it('leaves GPUs alone when fewer LPX racks stand beside them than their rates match', () => {
    const solved = fleet(fast);
    const half = fleet({ ...fast, racksPerNvl72: solved.racksPerNvl72 / 2 });
    expect(half.attachedRate).toBeCloseTo((solved.attachedRate + solved.rubinRate) / 2, 3);
    const idle = fleet({ ...fast, racksPerNvl72: solved.racksPerNvl72 * 2 });
    expect(idle.attachedRate).toBe(solved.attachedRate);
    expect(idle.equalPower).toBeLessThan(solved.equalPower);
  });

  it('reads the share by its four denominators', () => {
    const at = (reading: PairingSettings['reading']) => fleet({ ...fast, reading, share: 0.2 });
    expect(at('datacenter').attachedShare).toBeCloseTo(0.4, 9);
    const racks = at('racks');
    expect(racks.racks / (racks.racks + 1e6 / 72)).toBeCloseTo(0.2, 9);
    const work = at('workload');
    const paired = work.attachedShare * work.rubins * work.attachedRate;
    expect(paired / work.equalCount).toBeCloseTo(0.2, 9);
  });

  it('never loses capacity by more GPUs or by GPUs and racks of less power', () => {
    const base = fleet(fast).equalPower;
    expect(fleet({ ...fast, gpus: 2e6 }).equalPower).toBeCloseTo(2 * base, 0);
    for (const kw of [60, 90, 120]) {
      expect(fleet(fast, { 'power/lpx-rack-kw': kw }).equalPower).toBeGreaterThanOrEqual(base);
    }
  });
});

describe('buildPairingReport', () => {
  let report: PairingReport;
  beforeAll(() => {
    report = buildPairingReport(settings, CALIBRATION);
  });

  it('gives the same twice by seed', () => {
    expect(buildPairingReport(settings, CALIBRATION).fleet).toEqual(report.fleet);
  });

  it('holds finite numbers alone, each figure inside its interval and with sources that are listed', () => {
    expect(numbersIn(report).filter((x) => !Number.isFinite(x))).toEqual([]);
    const ids = report.sources.map(({ id }) => id);
    for (const figure of [report.fleet.equalPower, report.fleet.racks, ...report.tiers.map((tier) => tier.paired)]) {
      expect(figure.lo <= figure.value && figure.value <= figure.hi).toBe(true);
      for (const id of figure.sources) expect(ids).toContain(id);
    }
    expect(report.fleet.equalPower.basis).toBe('vendor-claim');
    expect(report.vendorClaims).toContain('lpx/layer-us');
  });

  it('never gives a tier less than it has without LPX', () => {
    expect(report.allTiers.ratio!.lo).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(report.tiers.map((tier) => tier.tokensPerUser)).toEqual([12.5, 50, 100, 400]);
  });

  it('stays finite where GPUs alone serve nothing, where nobody is that fast, and without LPX', () => {
    const corners: Partial<PairingSettings>[] = [
      { tiers: [0, 0, 0, 1], tokensPerUser: 400 },
      { tokensPerUser: 1e5 },
      { share: 0, reading: 'workload' },
      { share: 1, gpus: 1, mode: 'draft' },
      { given: { 'fleet/rubin-share': 1 }, reading: 'racks', racksPerNvl72: 0.01 },
    ];
    for (const corner of corners) {
      const study = buildPairingReport({ ...settings, ...corner }, CALIBRATION);
      expect(
        numbersIn(study).filter((x) => !Number.isFinite(x)),
        JSON.stringify(corner),
      ).toEqual([]);
      expect(formatPairingText(study)).not.toMatch(/NaN|Infinity|undefined|null/);
    }
  });

  it('reads as text of at most 100 columns, every source in it', () => {
    const text = formatPairingText(report);
    expect(text.split('\n').filter((line) => line.length > 100 && line.trim().includes(' '))).toEqual([]);
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
    for (const { id } of report.sources) expect(text).toContain(` - ${id}: `);
  });

  it.each([
    [{ share: -1 }, '--share -1: must be a number from 0 to 1'],
    [{ gpus: 1e12 }, '--gpus 1000000000000'],
    [{ model: 'gpt-5' }, "unknown model 'gpt-5'. Known: llama-3.1-8b"],
    [{ tiers: [1, 1, 0, 0] }, '--tiers 1,1,0,0: must be 4 shares'],
    [{ given: { 'power/lpx-rack-kw': 0 } }, '--lpx-rack-kw 0'],
    [{ tokensPerUser: Number.NaN }, '--user-rate NaN'],
  ] as [Partial<PairingSettings>, string][])('refuses %j', (change, message) => {
    expect(() => buildPairingReport({ ...settings, ...change }, CALIBRATION)).toThrow(UserError);
    expect(() => buildPairingReport({ ...settings, ...change }, CALIBRATION)).toThrow(message);
  });
});
