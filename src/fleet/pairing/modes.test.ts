import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findArchitecture } from '../serving/catalogue.ts';
import { PRIOR_PARAMETERS } from '../serving/parameters.ts';
import { lpuFfn, lpuStep } from './lpu-side.ts';
import { atMedians } from './medians.test-support.ts';
import { bestGpuUnit, bestPairedUnit, MODES } from './modes.ts';
import { gpusOf, type Site, tokensPerJoule, type Unit } from './search.ts';
import { activeFfn, attentionPerToken, ffnParameters } from './shape.ts';
import { rubinSite, type SiteInput } from './site.ts';

const modelNamed = (name: string) => findArchitecture(name)!;
const input = (name: string, change: Partial<SiteInput> = {}): SiteInput => ({
  model: modelNamed(name),
  precision: 'fp4',
  lengths: { isl: 1024, osl: 1024, cacheHit: 0 },
  parameters: PRIOR_PARAMETERS,
  speculation: true,
  flopsFactor: 1,
  ...change,
});
const dense = rubinSite(input('llama-3.1-70b'), atMedians);
const experts = rubinSite(input('deepseek-r1'), atMedians);

describe('shape', () => {
  it('splits models into known parts', () => {
    // Llama-3.1-70B: 80 × 3 × 8192 × 28,672 feed-forward; DeepSeek-R1: 58 × (256 + 1) experts and 3 dense layers of 18,432.
    expect(ffnParameters(modelNamed('llama-3.1-70b')) / (80 * 3 * 8192 * 28672)).toBeCloseTo(1, 3);
    const expert = 3 * 7168 * 2048;
    const known = 58 * 257 * expert + 3 * 3 * 7168 * 18432;
    expect(ffnParameters(modelNamed('deepseek-r1')) / known).toBeCloseTo(1, 3);
    // 37 billion active parameters by its model card, embedding left out.
    const active = attentionPerToken(modelNamed('deepseek-r1')) + activeFfn(modelNamed('deepseek-r1'));
    expect(active / 37e9).toBeCloseTo(1, 1);
  });

  it('touches all experts with many tokens, the chosen ones with one', () => {
    const model = modelNamed('deepseek-r1');
    expect(activeFfn(model)).toBeLessThan(0.05 * ffnParameters(model));
    // Without arithmetic or exchanges a step takes the time of the bytes it touches.
    const lpu = { ...dense.lpu, layerSeconds: 0, efficiency: 1, flopsPerSecond: 1e30 };
    const bytes = (tokens: number): number => lpuFfn(model, lpu, 6)(tokens) * 6 * lpu.bytesPerSecond;
    expect(bytes(1) / activeFfn(model)).toBeCloseTo(1, 6);
    expect(bytes(1e6) / ffnParameters(model)).toBeCloseTo(1, 6);
  });
});

describe('the LPU side', () => {
  it('reaches its knee at four tokens: 315 PF over 2 flops a byte of 40 PB/s', () => {
    const model = modelNamed('llama-3.1-70b');
    const lpu = { ...dense.lpu, layerSeconds: 0, efficiency: 1 };
    const seconds = lpuFfn(model, lpu, 1);
    expect(seconds(3.9)).toBe(seconds(1));
    expect(seconds(8)).toBeCloseTo((2 * 8 * ffnParameters(model)) / 315e15, 12);
    expect(seconds(1)).toBeCloseTo(ffnParameters(model) / 40e15, 12);
  });

  it('gives a small model about the speed its vendor states, and 400 to 1,300 tokens/s to 70 billion parameters', () => {
    // Gemma 4 31B: 10,996 tokens/s/user with 6.7 tokens a step is the point that the layer time was taken from.
    const step = lpuStep(modelNamed('gemma-4-31b'), dense.lpu, { width: 1, context: 16384 }, 1)(1);
    expect(6.7 / step / 10_996).toBeGreaterThan(0.9);
    expect(6.7 / step / 10_996).toBeLessThan(1.15);
    const large = lpuStep(modelNamed('llama-3.1-70b'), dense.lpu, { width: 1, context: 1536 }, 1)(1);
    expect(1 / large).toBeGreaterThan(400);
    expect(1 / large).toBeLessThan(1400);
  });
});

describe('units', () => {
  it('hold the weights in SRAM: Llama-3.1-70B in one rack, DeepSeek-R1 in six', () => {
    const racks = (site: Site): number =>
      bestPairedUnit({ ...site, speculation: { ...site.speculation, longest: 0 } }, 'ffn', 100)!.racks;
    expect([racks(dense), racks(experts)]).toEqual([1, 6]);
  });

  it('stay below the latency that crossings alone allow: 61 layers, twice 5 µs', () => {
    const plain = rubinSite(input('deepseek-r1', { speculation: false }), atMedians);
    expect(bestPairedUnit(plain, 'ffn', 1 / (61 * 2 * 5e-6))).toBeNull();
    expect(bestPairedUnit(plain, 'ffn', 100)).not.toBeNull();
  });

  it('are as fast as asked, and match the rates of both sides', () => {
    for (const user of [20, 100, 400]) {
      for (const mode of MODES) {
        const unit = bestPairedUnit(experts, mode, user);
        if (unit === null) continue;
        expect(1 / unit.tokenSeconds, `${mode} ${user}`).toBeGreaterThanOrEqual(user * 0.999);
        expect(unit.tokensPerSecond / (unit.requests / unit.tokenSeconds)).toBeCloseTo(1, 9);
        expect(unit.promptGpus).toBeGreaterThan(0);
      }
    }
    expect(bestPairedUnit(experts, 'decode', 100)!.decodeGpus).toBe(0);
  });

  it('cannot draft without speculation', () => {
    const plain = rubinSite(input('llama-3.1-70b', { speculation: false }), atMedians);
    expect(bestPairedUnit(plain, 'draft', 50)).toBeNull();
    expect(bestGpuUnit(plain, 50)!.draftTokens).toBe(0);
  });
});

/** The best of all three modes and of GPUs alone, tokens per joule; 0 where none is fast enough. */
function outcomes(site: Site, user: number): number[] {
  const units: (Unit | null)[] = [bestGpuUnit(site, user), ...MODES.map((mode) => bestPairedUnit(site, mode, user))];
  return units.map((unit) => (unit ? tokensPerJoule(site, unit) : 0));
}

/** Bisections end within 0.1 % of the best batch. */
const SLACK = 1 - 2e-3;

describe('monotonicity', () => {
  const faster: readonly (readonly [string, (site: Site, by: number) => Site])[] = [
    ['LPX bandwidth', (s, by) => ({ ...s, lpu: { ...s.lpu, bytesPerSecond: s.lpu.bytesPerSecond * by } })],
    ['LPX arithmetic', (s, by) => ({ ...s, lpu: { ...s.lpu, flopsPerSecond: s.lpu.flopsPerSecond * by } })],
    ['LPX link', (s, by) => ({ ...s, lpu: { ...s.lpu, linkBytesPerSecond: s.lpu.linkBytesPerSecond * by } })],
    ['crossings', (s, by) => ({ ...s, lpu: { ...s.lpu, crossingSeconds: s.lpu.crossingSeconds / by } })],
    [
      'GPU bandwidth',
      (s, by) => ({
        ...s,
        gpu: { ...s.gpu, chip: { ...s.gpu.chip, memoryBandwidthGBs: s.gpu.chip.memoryBandwidthGBs * by } },
      }),
    ],
    ['GPU power', (s, by) => ({ ...s, wattsPerGpu: s.wattsPerGpu / by })],
    ['LPX power', (s, by) => ({ ...s, wattsPerRack: s.wattsPerRack / by })],
  ];

  it.each(faster)('better %s never lowers tokens per joule, in any mode', (_name, better) => {
    fc.assert(
      fc.property(
        fc.constantFrom(dense, experts),
        fc.double({ min: 1.01, max: 3, noNaN: true }),
        fc.double({ min: 20, max: 800, noNaN: true }),
        (site, by, user) => {
          const [before, after] = [outcomes(site, user), outcomes(better(site, by), user)];
          before.forEach((value, i) => {
            expect(after[i]!).toBeGreaterThanOrEqual(value * SLACK);
          });
        },
      ),
      { numRuns: 6, seed: 3 },
    );
  });

  it('a faster token never costs fewer joules', () => {
    const users = [20, 50, 100, 200, 400, 800, 1600];
    const rows = users.map((user) => outcomes(dense, user));
    rows.slice(1).forEach((row, k) => {
      row.forEach((value, i) => {
        expect(value).toBeLessThanOrEqual(rows[k]![i]! / SLACK);
      });
    });
    expect(gpusOf(bestGpuUnit(dense, 20)!)).toBeGreaterThan(0);
  });
});
