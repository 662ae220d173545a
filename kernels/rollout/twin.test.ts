import { describe, expect, it } from 'vitest';
import { mulHi } from '../../src/core/philox.ts';
import { FACTORS, RATES, type RolloutInputs, STATES } from '../../src/core/rollout.ts';
import { binomialMass, buildBinomials, directoryIndex } from './binomial.ts';
import { TEST_INPUTS } from './inputs.test-support.ts';
import { packRollout } from './layout.ts';
import { cpuTwin, drawFactors, drawOnCpu } from './twin.ts';

const SCENARIOS = 400;
const packed = packRollout(TEST_INPUTS);
const { states, rates } = drawOnCpu(packed, 0, SCENARIOS);
const state = (name: (typeof STATES)[number], scenario: number, q: number): number =>
  states[(scenario * TEST_INPUTS.quarters + q) * STATES.length + STATES.indexOf(name)]!;
const rate = (name: (typeof RATES)[number], scenario: number, q: number): number =>
  rates[(scenario * TEST_INPUTS.quarters + q) * RATES.length + RATES.indexOf(name)]!;
const cells = Array.from({ length: SCENARIOS }, (_, i) =>
  Array.from({ length: TEST_INPUTS.quarters }, (_, q) => [i, q] as const),
).flat();
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('binomial tables', () => {
  it('hold the binomial law', () => {
    const { least, mass } = binomialMass(3, 0.25);
    expect(least).toBe(0);
    expect(mass.map((x) => x * 64).map((x) => Math.round(x * 1e9) / 1e9)).toEqual([27, 27, 9, 1]);
    const wide = binomialMass(4096, 0.04);
    const at = wide.mass.map((_, i) => wide.least + i);
    const first = at.reduce((sum, k, i) => sum + k * wide.mass[i]!, 0);
    const second = at.reduce((sum, k, i) => sum + k * k * wide.mass[i]!, 0);
    expect(first).toBeCloseTo(4096 * 0.04, 6);
    expect(second - first * first).toBeCloseTo(4096 * 0.04 * 0.96, 4);
    expect(binomialMass(100, 0)).toEqual({ least: 0, mass: [1] });
  });

  it('give every outcome its share of all words', () => {
    const { directory, columns } = buildBinomials(TEST_INPUTS.down, 5);
    const [level, digit] = [16, 5];
    const at = 2 * directoryIndex(1, level, 0, digit);
    const [start, size] = [directory[at]!, directory[at + 1]! & 0xffff];
    const share = new Map<number, number>();
    for (let column = 0; column < size; column++) {
      const cut = columns[2 * (start + column)]! / 2 ** 32 / size;
      share.set(column, (share.get(column) ?? 0) + cut);
      const alias = columns[2 * (start + column) + 1]!;
      share.set(alias, (share.get(alias) ?? 0) + 1 / size - cut);
    }
    const { mass } = binomialMass(digit, TEST_INPUTS.down[1][level]!);
    mass.forEach((p, outcome) => {
      expect(share.get(outcome)).toBeCloseTo(p, 8);
    });
    expect(mulHi(0xffffffff, size)).toBe(size - 1);
  });
});

describe('CPU twin', () => {
  it('draws factors that are standard normal and independent', () => {
    const draws = Array.from({ length: 4000 }, (_, i) => drawFactors(packed, i));
    FACTORS.slice(0, -1).forEach((_, f) => {
      const column = draws.map((z) => z[f]! / 4096);
      expect(Math.abs(mean(column))).toBeLessThan(0.06);
      expect(mean(column.map((z) => z * z))).toBeCloseTo(1, 0);
      const next = draws.map((z) => z[(f + 1) % (FACTORS.length - 1)]! / 4096);
      expect(Math.abs(mean(column.map((z, i) => z * next[i]!)))).toBeLessThan(0.07);
    });
  });

  it('takes every serving row as often as any other', () => {
    const rows = TEST_INPUTS.serving.racks.length;
    const counts = new Array<number>(rows).fill(0);
    for (let i = 0; i < 200 * rows; i++) counts[drawFactors(packed, i)[FACTORS.indexOf('serving')]!]!++;
    // 200 each; six standard deviations of a count.
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(6 * Math.sqrt(200));
  });

  it('is the same whatever else is drawn, and another with another seed', async () => {
    const part = await cpuTwin.run(TEST_INPUTS, 300, 100);
    const stride = TEST_INPUTS.quarters * STATES.length;
    expect(part.states).toEqual(states.slice(300 * stride));
    const other = await cpuTwin.run({ ...TEST_INPUTS, seed: 54321 }, 300, 100);
    expect(other.states).not.toEqual(part.states);
  });

  it('conserves: serving ≤ powered ≤ delivered, deliveries never shrink', () => {
    for (const [i, q] of cells) {
      expect(state('older-powered', i, q) * 8).toBeLessThanOrEqual(state('older-delivered', i, q));
      expect(state('middle-powered', i, q) * 8).toBeLessThanOrEqual(state('middle-delivered', i, q));
      expect(state('middle-serving', i, q)).toBeLessThanOrEqual(state('middle-powered', i, q));
      expect(state('newer-powered', i, q) * 72).toBeLessThanOrEqual(state('newer-delivered', i, q));
      expect(state('older-serving', i, q)).toBeLessThanOrEqual(state('older-powered', i, q));
      expect(state('newer-serving', i, q)).toBeLessThanOrEqual(state('newer-powered', i, q));
      expect(state('paired-serving', i, q)).toBeLessThanOrEqual(state('newer-powered', i, q));
      if (q > 0) expect(state('newer-delivered', i, q)).toBeGreaterThanOrEqual(state('newer-delivered', i, q - 1));
    }
  });

  it('meets what its tables say, in the mean', () => {
    const last = TEST_INPUTS.quarters - 1;
    const all = Array.from({ length: SCENARIOS }, (_, i) => i);
    const kinds = ['older-delivered', 'middle-delivered', 'newer-delivered'] as const;
    const delivered = all.map((i) => kinds.reduce((sum, kind) => sum + state(kind, i, last), 0));
    // 300,000 at most 0.98 of the ramp, some slipped.
    expect(mean(delivered)).toBeGreaterThan(0.75 * TEST_INPUTS.gpus);
    expect(Math.max(...delivered)).toBeLessThan(TEST_INPUTS.gpus * Math.exp(0.08 * 4));
    const up = all.map((i) => state('older-serving', i, last) / Math.max(1, state('older-powered', i, last)));
    expect(mean(up)).toBeGreaterThan(0.9);
    expect(mean(up)).toBeLessThan(0.96);
    expect(mean(all.map((i) => state('spectrum-sites', i, last)))).toBeCloseTo(1.5, 0);
    // 25 % of sites slip one quarter or more, 10 % two, 3 % three: 0.38 quarters a site.
    expect(mean(all.map((i) => state('slipped-quarters', i, last)))).toBeGreaterThan(0.9);
    expect(mean(all.map((i) => state('slipped-quarters', i, last)))).toBeLessThan(1.4);
  });

  it('lifts by no more than what LPX can lift, and pays for it in domains', () => {
    for (const [i, q] of cells) {
      if (state('lpx-racks', i, q) > 0) {
        expect(state('paired-serving', i, q)).toBeLessThanOrEqual(state('newer-serving', i, q) + 40);
      } else expect(rate('paired-newer', i, q)).toBe(rate('newer', i, q));
    }
  });

  it('serves no more than before when nothing can be attached', async () => {
    const without = await cpuTwin.run({ ...TEST_INPUTS, attached: 0 }, 0, 50);
    for (let r = 0; r < without.rates.length; r += RATES.length)
      expect(without.rates[r + 3]).toBe(without.rates[r + 2]);
  });

  it('never loses capacity by more power', async () => {
    const more: RolloutInputs = { ...TEST_INPUTS, plannedPower: TEST_INPUTS.plannedPower.map((x) => 2 * x) };
    const { states: richer } = await cpuTwin.run(more, 0, SCENARIOS);
    const i = STATES.indexOf('older-powered');
    for (let s = 0; s < richer.length; s += STATES.length) {
      const gpus = (of: Float32Array): number => (of[s + i]! + of[s + i + 1]!) * 8 + of[s + i + 2]! * 72;
      expect(gpus(richer)).toBeGreaterThanOrEqual(gpus(states) - 64);
    }
  });

  it('refuses numbers beyond its exact range', () => {
    expect(() => packRollout({ ...TEST_INPUTS, gpus: 1e12 })).toThrow(RangeError);
    expect(() => packRollout({ ...TEST_INPUTS, gpus: 5e6 })).toThrow('domains at one site');
  });
});
