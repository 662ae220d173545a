import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAccelerator, findArchitecture } from './catalogue.ts';
import { PRIOR_PARAMETERS } from './parameters.ts';
import { formatsOf } from './precision.ts';
import { rooflineSeconds } from './roofline.ts';
import { batchLimit, steadyState, weightsFit } from './steady.ts';
import { distinctExperts, kvElements, prefillSeconds, type Replica, stepSeconds } from './step.ts';

const parameters = PRIOR_PARAMETERS;

function replica(model: string, hardware: string, precision: string, over: Partial<Replica> = {}): Replica {
  const [shape, chip] = [findArchitecture(model)!, findAccelerator(hardware)!];
  return {
    model: shape,
    chip,
    formats: formatsOf(shape, chip, precision, 'trtllm'),
    layout: { gpus: 1, tp: 1, attentionDp: 1 },
    engine: 'trtllm',
    isl: 1024,
    osl: 1024,
    cacheHit: 0,
    tokensPerStep: 1,
    positionsPerStep: 1,
    ...over,
  };
}

describe('counts', () => {
  it('meets one token with k experts and many tokens with all', () => {
    expect(distinctExperts({ count: 128, chosen: 4 }, 1)).toBeCloseTo(4, 12);
    expect(distinctExperts({ count: 128, chosen: 4 }, 1e4)).toBeCloseTo(128, 6);
    expect(distinctExperts({ count: 8, chosen: 2 }, 2)).toBeCloseTo(8 * (1 - 0.75 ** 2), 12);
  });

  it('holds 2 x 80 x 8 x 128 KV elements a token for Llama-70B, a window for every other layer of gpt-oss', () => {
    expect(kvElements(findArchitecture('llama-3.1-70b')!, 1)).toBe(163840);
    expect(kvElements(findArchitecture('gpt-oss-120b')!, 1000)).toBe(1024 * 18 * (1000 + 128));
    expect(kvElements(findArchitecture('deepseek-r1')!, 1)).toBe(61 * 576);
  });

  it('keeps the experts of gpt-oss at 4.25 bits whatever the label, and computes them in BF16 without FP4 units', () => {
    const [model, h100] = [findArchitecture('gpt-oss-120b')!, findAccelerator('h100')!];
    expect(formatsOf(model, h100, 'fp8', 'vllm')).toMatchObject({ expertBytes: 0.53125, denseBytes: 2, peak: 989e12 });
    expect(formatsOf(model, findAccelerator('b200')!, 'mxfp4', 'vllm').peak).toBe(9000e12);
  });
});

describe('stepSeconds', () => {
  it('is the stream of weights plus overheads for one request on one GPU', () => {
    const one = replica('llama-3.1-8b', 'h100', 'fp8', { isl: 1, osl: 2 });
    const weights = (8.03e9 - 128256 * 4096) / (parameters.memory * 3350e9);
    const kv = (2 * 65536) / (parameters.memory * 3350e9);
    const fixed = 32 * parameters.layer + parameters.step + parameters.request;
    expect(stepSeconds(one, 1, parameters)).toBeCloseTo(weights + kv + fixed, 6);
  });

  const cases = fc.record({
    model: fc.constantFrom('llama-3.1-70b', 'gpt-oss-120b', 'deepseek-r1', 'qwen3-32b'),
    batch: fc.integer({ min: 1, max: 512 }),
    tp: fc.constantFrom(1, 2, 4, 8),
    isl: fc.integer({ min: 16, max: 32768 }),
    factor: fc.double({ min: 1.01, max: 8, noNaN: true }),
  });

  it('is never slowed by more bandwidth, arithmetic or link, nor hastened by more requests', () => {
    fc.assert(
      fc.property(cases, ({ model, batch, tp, isl, factor }) => {
        const base = replica(model, 'h200', 'fp8', { isl, layout: { gpus: tp, tp, attentionDp: 1 } });
        const seconds = stepSeconds(base, batch, parameters);
        const { chip, formats } = base;
        const faster: Replica[] = [
          { ...base, chip: { ...chip, memoryBandwidthGBs: chip.memoryBandwidthGBs * factor } },
          { ...base, chip: { ...chip, scaleUpGBs: chip.scaleUpGBs! * factor } },
          { ...base, formats: { ...formats, peak: formats.peak * factor } },
        ];
        for (const other of faster) expect(stepSeconds(other, batch, parameters)).toBeLessThanOrEqual(seconds);
        expect(stepSeconds(base, batch * factor, parameters)).toBeGreaterThanOrEqual(seconds);
      }),
    );
  });

  it('never beats the roofline of the same bytes and flops', () => {
    fc.assert(
      fc.property(cases, ({ model, batch, tp, isl }) => {
        const base = replica(model, 'b200', 'fp8', { isl, layout: { gpus: tp, tp, attentionDp: 1 } });
        expect(stepSeconds(base, batch, parameters)).toBeGreaterThan(rooflineSeconds(base, batch));
      }),
    );
  });
});

describe('prefillSeconds', () => {
  it('falls with the share found in the cache, down to its overhead', () => {
    const at = (cacheHit: number): number =>
      prefillSeconds(replica('llama-3.1-70b', 'h200', 'fp8', { cacheHit }), parameters);
    expect(at(0.5)).toBeLessThan(at(0));
    expect(at(0.999)).toBeLessThan(parameters.prefillStart * 1.2);
  });
});

describe('steadyState', () => {
  it('conserves tokens: requests in flight = rate x time in the system', () => {
    const base = replica('llama-3.1-70b', 'b200', 'fp8');
    const { tokensPerGpu, ttftSeconds, tpotSeconds } = steadyState(base, 64, parameters);
    const perRequest = ttftSeconds + (base.osl - 1) * tpotSeconds;
    expect((tokensPerGpu / base.osl) * perRequest).toBeCloseTo(64, 9);
  });

  it('queues what the memory does not hold', () => {
    const base = replica('llama-3.1-70b', 'h200', 'fp8', { isl: 8192 });
    const limit = batchLimit(base);
    expect(limit).toBeGreaterThan(10);
    const [full, over] = [steadyState(base, limit, parameters), steadyState(base, 4 * limit, parameters)];
    expect(over.batch).toBeLessThanOrEqual(limit);
    expect(over.ttftSeconds).toBeGreaterThan(10 * full.ttftSeconds);
    expect(over.tokensPerGpu / full.tokensPerGpu).toBeCloseTo(1, 0);
  });

  it('frees decode of prompts when these have GPUs of their own', () => {
    const base = replica('llama-3.1-70b', 'h200', 'fp8', { isl: 8192, osl: 256 });
    const [together, apart] = [
      steadyState(base, 16, parameters),
      steadyState({ ...base, disaggregated: true }, 16, parameters),
    ];
    expect(apart.tpotSeconds).toBeLessThan(0.5 * together.tpotSeconds);
    expect(apart.ttftSeconds).toBeLessThan(together.ttftSeconds);
  });

  it('yields several tokens a step by speculation, at the cost of more positions', () => {
    const base = replica('llama-3.1-70b', 'h200', 'fp8');
    const speculating = { ...base, tokensPerStep: 2.5, positionsPerStep: 4 };
    const gain = (batch: number): number =>
      steadyState(speculating, batch, parameters).tokensPerUser / steadyState(base, batch, parameters).tokensPerUser;
    expect(gain(1)).toBeGreaterThan(2);
    expect(gain(128)).toBeLessThan(gain(1));
  });
});

describe('weightsFit', () => {
  it('tells a model that fits from one that does not', () => {
    expect(weightsFit(replica('llama-3.1-405b', 'h100', 'fp8'))).toBe(false);
    expect(weightsFit(replica('llama-3.1-405b', 'h200', 'fp8', { layout: { gpus: 4, tp: 4, attentionDp: 1 } }))).toBe(
      true,
    );
  });
});
