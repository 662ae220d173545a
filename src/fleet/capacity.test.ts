import { describe, expect, it } from 'vitest';
import { type Capacity, createEvaluator, type FleetPlan, racksPerReplica } from './capacity.ts';
import { BLACKWELL, findConstant } from './catalogue.ts';
import { buildFront, fallOff } from './front.ts';

const front = buildFront(BLACKWELL, { model: 'llama-3.1-70b', precision: 'fp8', isl: 1024, osl: 1024 });
const edge = fallOff(front)!;

function capacity(user: number, plan: Partial<FleetPlan> = {}, values: Record<string, number> = {}): Capacity {
  const evaluate = createEvaluator({ gpus: 1e6, share: 0.25, reading: 'rubins', front, counted: null, ...plan }, user);
  return evaluate((id) => values[id] ?? findConstant(id).value);
}

/** Figures one can check by hand: half Rubin, 2 and 3 kW a GPU, one LPX rack of 100 kW, no PUE, nothing broken or spare. */
const ROUND = {
  'fleet/rubin-share': 0.5,
  'fleet/availability': 1,
  'fleet/spare': 0,
  'power/blackwell-kw': 2,
  'power/rubin-kw': 3,
  'power/lpx-rack-kw': 100,
  'power/pue': 1,
  'lpx/racks-per-nvl72': 1,
};

describe('capacity', () => {
  it('adds the generations by hand: 144 + 144 GPUs, 36 attached, half an NVL72, one LPX rack', () => {
    const c = capacity(34.01, { gpus: 288 }, { ...ROUND, 'lpx/racks-per-nvl72': 2 });
    expect(c.blackwellRate).toBe(4215.2);
    expect(c.unpaired).toBeCloseTo(144 * 4215.2 + 144 * c.rubinRate, 3);
    expect(c.lpxRacks).toBe(1);
    expect(c.gpuWatts).toBe(144 * 2000 + 144 * 3000);
    expect(c.lpxWatts).toBe(100_000);
    // 720 kW of site power now feed 820 kW a full set: 720/820 of everything.
    expect(c.pairedEqualPower).toBeCloseTo((c.unpaired * 720) / 820, 3);
    expect(c.gpusEqualPower).toBeCloseTo((288 * 720) / 820, 9);
  });

  it('predicts Rubin by the counted work over its specifications', () => {
    const c = capacity(34.01);
    // 128 requests of 1,536 tokens: 70.55 GB weights + 32.2 GB KV; 2 × 70.55 GFLOP twice (a prompt token a token) + attention.
    const bytes = 70.55e9 + 128 * 1536 * 163_840;
    const flops = 128 * (4 * 70.55e9 + 4 * 80 * 8192 * 1536);
    const b200 = bytes / 8e12 + flops / 4.5e15;
    const rubin = bytes / 22e12 + flops / 17.5e15;
    expect(c.rubinRate / c.blackwellRate).toBeCloseTo(b200 / rubin, 9);
    expect(b200 / rubin).toBeGreaterThan(2.75);
    expect(b200 / rubin).toBeLessThan(17.5 / 4.5);
  });

  it('gives exactly the unpaired fleet at share 0', () => {
    for (const user of [40, 100, 150]) {
      const c = capacity(user, { share: 0 });
      expect(c.pairedEqualCount).toBe(c.unpaired);
      expect(c.pairedEqualPower).toBe(c.unpaired);
      expect(c.lpxWatts).toBe(0);
      expect(c.gpusEqualPower).toBe(1e6);
    }
  });

  it('lifts nothing up to the fall-off, and past it no more than what was lost there', () => {
    expect(capacity(edge).lift).toBe(1);
    expect(capacity(edge * 1.2).lift).toBeGreaterThan(1);
    const far = capacity(150, {}, { 'lpx/interactivity-gain': 100 });
    expect(far.lift).toBeCloseTo(capacity(edge).rubinRate / capacity(150).rubinRate, 9);
    expect(capacity(150, {}, { 'lpx/interactivity-gain': 0.3 }).lift).toBe(1);
  });

  it('lifts only the attached share', () => {
    const c = capacity(150, { share: 0.4 }, ROUND);
    expect(c.pairedEqualCount - c.unpaired).toBeCloseTo(0.4 * c.rubinGpus * c.rubinRate * (c.lift - 1), 0);
  });

  it('reads the share by its four denominators', () => {
    const c = (reading: FleetPlan['reading']): Capacity => capacity(150, { reading, share: 0.2 }, ROUND);
    expect(c('rubins').lpxRacks).toBeCloseTo((0.2 * 5e5) / 72, 6);
    expect(c('datacenter').lpxRacks).toBeCloseTo((0.4 * 5e5) / 72, 6);
    const { lpxRacks } = c('racks');
    expect(lpxRacks / (lpxRacks + 1e6 / 72)).toBeCloseTo(0.2, 9);
    const work = c('workload');
    const attached = work.lpxRacks * 72 * work.rubinRate * work.lift;
    expect(attached / work.pairedEqualCount).toBeCloseTo(0.2, 9);
  });

  it('grows with GPUs, and with the gain; shrinks at equal power with LPX power', () => {
    const power = (kw: number): number => capacity(120, {}, { 'power/lpx-rack-kw': kw }).pairedEqualPower;
    expect(capacity(120, { gpus: 2e6 }).unpaired).toBeCloseTo(2 * capacity(120).unpaired, 0);
    expect(power(80)).toBeGreaterThan(power(130));
    expect(power(130)).toBeGreaterThan(power(190));
    expect(capacity(120, {}, { 'power/lpx-rack-kw': 190 }).pairedEqualCount).toBe(capacity(120).pairedEqualCount);
    const gain = (x: number): number => capacity(120, {}, { 'lpx/interactivity-gain': x }).pairedEqualCount;
    expect(gain(1.2)).toBeLessThan(gain(1.5));
  });

  it('counts no pairing when the racks cannot hold one copy of the weights', () => {
    expect(racksPerReplica('llama-3.1-70b')).toBe(1);
    expect(racksPerReplica('deepseek-r1')).toBe(6);
    const few = capacity(150, { gpus: 8 });
    expect(few).toMatchObject({ lpxRacks: 0, lpxWatts: 0 });
    expect(few.pairedEqualPower).toBe(few.unpaired);
  });
});
