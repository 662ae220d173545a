// Whole decoder cases on onnxruntime's wasm provider, which also runs in Node. On webgpu they need a browser.
import { describe, expect, it, vi } from 'vitest';
import { type DecoderCase, parseDecoderCase } from '../../models/decoder-cases.ts';
import { findDecoder } from '../../models/decoders.ts';
import { seededWeights } from '../../models/onnx/seeded-weights.ts';
import { prepareNodeRuntime } from '../onnx/wasm-in-node.test-support.ts';
import { type DecoderCaseRequest, runDecoderCase } from '../session/decoder-case.ts';
import type { DecoderModel } from '../session/decoder-model.ts';
import type { DecoderLane } from '../session/decoder-runtimes.ts';
import type { Machine } from '../session/machine.ts';
import { createReferences } from '../session/references.ts';
import { runtimeChecks } from '../session/runtime-checks.ts';
import { browserLane } from './browser-lane.ts';
import { prepareOrt } from './ort-decoders.ts';

// Starting a session takes seconds when other work has the cores.
vi.setConfig({ testTimeout: 120_000 });
await prepareNodeRuntime();

const hooks = (signal = new AbortController().signal, phases: string[] = []) => ({
  signal,
  phase: (name: string) => phases.push(name),
});

/** The wasm provider asks nothing of the machine but the limits of a device it does not use. */
const machine = { device: { limits: {}, features: new Set() } } as unknown as Machine;

function request(id: string, change: Partial<DecoderCaseRequest> = {}): DecoderCaseRequest {
  const item = parseDecoderCase(id);
  return { item, repeats: 2, seed: 1, lane: browserLane(), machine, references: createReferences(), ...change };
}

/** A lane whose model has another shape than its name says. */
function laneWith(change: object): DecoderLane {
  const lane = browserLane();
  return {
    ...lane,
    prepare: (item: DecoderCase, model: DecoderModel) => prepareOrt('ort-wasm', item, Object.assign(model, change)),
  };
}

describe('a decoder case on wasm', () => {
  it.each([
    'model/ort-wasm/test-4x128:prompt=16;new=8;type=f32;attention=plain',
    'model/ort-wasm/test-4x128:prompt=16;new=8;type=int4;attention=gqa',
  ])('%s is measured, and verified against the f64 decoder', async (id) => {
    const phases: string[] = [];
    const outcome = await runDecoderCase(request(id), hooks(undefined, phases));
    expect(outcome.reason).toBeUndefined();
    expect(outcome.state).toBe('ok');
    expect(outcome.verification).toMatchObject({
      state: 'passed',
      checked: 8,
      total: 8,
      figures: { topAgreement: 1 },
    });
    const counts = Object.fromEntries(outcome.metrics.map((metric) => [metric.name, metric.samples.length]));
    expect(counts).toEqual({
      load: 1,
      compile: 1,
      ttft: 2,
      tpot: 2,
      gap: 14,
      jitter: 2,
      'prefill-rate': 2,
      'decode-rate': 2,
    });
    expect(outcome.metrics.flatMap((metric) => metric.samples).every((value) => value > 0)).toBe(true);
    expect(outcome.warnings.map((warning) => warning.name)).toEqual(['few-samples']);
    expect(outcome.facts).toMatchObject({ parameters: 853_120, runtime: 'onnxruntime-web 1.30.0' });
    expect(outcome.placement).toBeUndefined();
    expect(phases).toContain('forced decoding');
  });

  it('a model too large for the whole check is checked on a part, and says so', async () => {
    const config = { ...findDecoder('test-4x128'), hidden: 1024, heads: 32, intermediate: 3072, vocab: 65_536 };
    const lane = laneWith({ config, weights: seededWeights(config, 'f32', 1) });
    const id = 'model/ort-wasm/test-4x128:prompt=16;new=8;type=f32;attention=plain';
    const { state, verification, warnings } = await runDecoderCase(request(id, { lane, repeats: 1 }), hooks());
    expect(state).toBe('ok');
    expect(verification).toMatchObject({ state: 'passed', total: 8 });
    expect(verification!.checked).toBeLessThan(8);
    expect(warnings.map((warning) => warning.name)).toEqual(['partial-check', 'few-samples']);
  });

  it('is skipped, with the limit, before anything is made', async () => {
    const id = 'model/ort-wasm/llama-3.2-1b:prompt=16;new=8;type=f32;attention=plain';
    const outcome = await runDecoderCase(request(id), hooks());
    expect(outcome).toMatchObject({ state: 'skipped', metrics: [] });
    expect(outcome.reason).toMatch(/address space/);
  });

  it('ends when the signal says so', async () => {
    const id = 'model/ort-wasm/test-4x128:prompt=16;new=8;type=f32;attention=plain';
    await expect(runDecoderCase(request(id), hooks(AbortSignal.abort()))).rejects.toThrow(/abort/i);
  });
});

describe('onnxruntime as a decoding runtime', () => {
  it.each(['f32', 'int4'] as const)('the wasm provider meets the whole suite, %s', async (type) => {
    const checks = await runtimeChecks('ort-wasm', type, browserLane(), machine, new AbortController().signal);
    expect(checks.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(checks.filter(({ state }) => state === 'skipped').map(({ name }) => name)).toEqual([
      'holds no more memory after many generations',
      'times its operations',
    ]);
  });
});
