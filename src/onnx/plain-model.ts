// Measures a model that is no decoder: load, first run, latency samples, outputs against the wasm provider, placement.
// Knows no model's meaning.
import type { ModelInfo } from '../../models/onnx/reader.ts';
import { wall } from '../bench/decoder-metrics.ts';
import { toNs } from '../bench/generate.ts';
import type { CaseHooks, CaseOutcome, VerificationOutcome } from '../bench/outcome.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { compareTensors, type NamedValues, networkTolerance } from './compare-tensors.ts';
import { openingOptions } from './decoder-session.ts';
import { findPlacement } from './find-placement.ts';
import { type InputData, makeInputs } from './model-inputs.ts';
import { type NamedModel, openModel } from './open-model.ts';
import type { Placement } from './placement.ts';
import type { ModelFileRequest } from './requests.ts';
import { outputsOf } from './run-model.ts';
import { adapterOf, consoleTapOf, loadRuntime } from './runtime.ts';

/** Without a given number, samples are taken until there are `most`, or `milliseconds` are gone and there are `least`. */
const SAMPLES = { least: 3, most: 100, milliseconds: 5000 } as const;
/** Runs looked at for placement. */
const PROFILED_RUNS = 1;

const NETWORK_RULE =
  "every output |a − e| ≤ 1e-3·(rms of the output + |e|) (f16: 2e-2) against onnxruntime-web's wasm provider";

export async function runPlainModel(
  request: ModelFileRequest,
  model: NamedModel,
  info: ModelInfo,
  hooks: CaseHooks,
): Promise<CaseOutcome> {
  const { runtime, dims, seed, name, repeats } = request;
  const onGpu = runtime === 'ort-webgpu';
  const inputs = makeInputs(info, dims, seed, name);
  const ort = await loadRuntime(runtime);
  const { metrics, outputs } = await measure({ request, model, inputs, repeats }, hooks);
  const gpuAdapter = onGpu ? await adapterOf(ort) : null;
  hooks.phase('reference', null);
  const verification = onGpu
    ? await compareWithWasm(model, inputs, outputs)
    : nothingToCompare('wasm is the reference; nothing independent knows this model');
  const placement = onGpu ? await placementOf(model, inputs, info.nodes, hooks) : null;
  const failed = verification.state === 'failed';
  return {
    state: failed ? 'failed' : 'ok',
    ...(failed ? { reason: `disagrees with onnxruntime-web's wasm provider: ${verification.detail}` } : {}),
    verification,
    metrics,
    ...(placement ? { placement: placement.outcome } : {}),
    facts: {
      runtime: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`,
      threads: ort.env.wasm.numThreads ?? 1,
      ...(gpuAdapter ? { gpuAdapter } : {}),
      inputs: inputs.map((input) => `${input.name} ${input.type}[${input.dims}]`).join(', '),
      ...(placement ? { placementMethod: placement.method } : {}),
      ...(placement?.dispatchesPerRun ? { dispatchesPerRun: placement.dispatchesPerRun } : {}),
    },
    warnings: [
      ...(verification.state === 'none' ? [{ name: 'unverified-model' as const, detail: verification.rule }] : []),
      ...(placement?.warnings ?? []),
    ],
  };
}

interface Measurement {
  readonly request: ModelFileRequest;
  readonly model: NamedModel;
  readonly inputs: readonly InputData[];
  readonly repeats: number;
}

/** Load, first run and latency; the outputs of the last run. */
async function measure(
  { request, model, inputs, repeats }: Measurement,
  { signal, phase }: CaseHooks,
): Promise<{ metrics: CaseOutcome['metrics']; outputs: NamedValues[] }> {
  const ort = await loadRuntime(request.runtime);
  phase('load', null);
  const start = performance.now();
  const session = await openModel(ort, model, openingOptions(request.runtime, {}));
  const loadNs = toNs(performance.now() - start);
  try {
    phase('first run', null);
    const begin = performance.now();
    let outputs = await outputsOf(ort, session, inputs);
    const firstNs = toNs(performance.now() - begin);
    phase('latency', null);
    const samples: number[] = [];
    const deadline = performance.now() + SAMPLES.milliseconds;
    const wanted = (): boolean =>
      repeats > 0
        ? samples.length < repeats
        : samples.length < SAMPLES.least || (samples.length < SAMPLES.most && performance.now() < deadline);
    while (wanted()) {
      signal.throwIfAborted();
      const before = performance.now();
      outputs = await outputsOf(ort, session, inputs);
      samples.push(toNs(performance.now() - before));
    }
    const metrics = [
      wall('load', 'load/bytes-to-session', [loadNs]),
      wall('compile', 'compile/first-run', [firstNs]),
      wall('latency', 'latency/inputs-to-outputs-readable', samples, [firstNs]),
    ];
    return { metrics, outputs };
  } finally {
    await session.release();
  }
}

async function compareWithWasm(
  model: NamedModel,
  inputs: readonly InputData[],
  actual: readonly NamedValues[],
): Promise<VerificationOutcome> {
  const expected = await wasmOutputs(model, inputs);
  if (typeof expected === 'string') return nothingToCompare(`no wasm reference: ${expected}`);
  const { passed, elements, largestError, detail } = compareTensors(actual, expected, networkTolerance);
  return {
    state: passed ? 'passed' : 'failed',
    rule: NETWORK_RULE,
    checked: elements,
    total: elements,
    figures: { largestError: Number.isFinite(largestError) ? largestError : Number.MAX_VALUE },
    ...(passed ? {} : { detail }),
  };
}

/** The outputs on wasm, or why it gave none. */
async function wasmOutputs(model: NamedModel, inputs: readonly InputData[]): Promise<NamedValues[] | string> {
  const ort = await loadRuntime('ort-wasm');
  try {
    const session = await openModel(ort, model, openingOptions('ort-wasm', {}));
    try {
      return await outputsOf(ort, session, inputs);
    } finally {
      await session.release();
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    return messageOf(error);
  }
}

async function placementOf(
  model: NamedModel,
  inputs: readonly InputData[],
  nodes: number,
  { phase }: CaseHooks,
): Promise<Placement> {
  phase('placement', null);
  const ort = await loadRuntime('ort-webgpu');
  const tap = await consoleTapOf(ort);
  return findPlacement(nodes, {
    open: async (options) => {
      const session = await openModel(ort, model, openingOptions('ort-webgpu', options));
      return {
        runOnce: () => outputsOf(ort, session, inputs),
        takeProfile: () => tap.capture(async () => session.endProfiling()),
        close: () => session.release(),
      };
    },
    run: async (profiled) => {
      for (let i = 0; i < PROFILED_RUNS; i++) await profiled.runOnce();
      return PROFILED_RUNS;
    },
  });
}

function nothingToCompare(rule: string): VerificationOutcome {
  return { state: 'none', rule, checked: 0, total: 0, figures: {} };
}
