// The worker's side of the BenchWorker interface: opens the machine once, runs one session at a time.

import type { LoadedModel } from '../../models/files/model-files.ts';
import { externalFilesOf, inspectModel } from '../../models/onnx/reader.ts';
import type { ExternalFile } from '../../models/onnx/writer.ts';
import { orderCases } from '../core/case-order.ts';
import { UserError } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import { selectCases } from '../core/suites.ts';
import type { Session } from '../results/schema.ts';
import type { Machine } from '../session/machine.ts';
import { runSession, type SessionCase } from '../session/run-session.ts';
import type { BenchWorker, Described, ModelInput, RunEvent } from './api.ts';
import { browserLane } from './browser-lane.ts';
import { missingAdapter, openMachine } from './describe.ts';
import { findInstalledExtras } from './extras/installed.ts';
import { acceptsCase, listCases, type ModelBytes, modelCases, toSessionCases } from './session-cases.ts';
import { watchVisibility } from './visibility.ts';

const DOWNLOAD_INTERVAL_MS = 250;

export function createBench(): BenchWorker {
  let opening: Promise<Machine | null> | null = null;
  let running: AbortController | null = null;
  const visibility = watchVisibility();
  /** Held on to: one that gave no answer must not be let go. */
  const earlier: Promise<Machine | null>[] = [];
  const machine = (): Promise<Machine | null> => (opening ??= openMachine());
  const reopen = (): Promise<Machine | null> => {
    if (opening) earlier.push(opening);
    opening = null;
    return machine();
  };
  const run = async (options: Options, model: ModelInput | null, emit: (event: RunEvent) => void): Promise<Session> => {
    if (running) throw new UserError('a run is already going on: cancel it first');
    const controller = new AbortController();
    running = controller;
    try {
      const opened = await machine();
      if (!opened) throw new UserError(missingAdapter());
      const cases = await prepareCases(opened, options, model, { signal: controller.signal, emit });
      return await runSession(opened, cases, {
        options,
        signal: controller.signal,
        emit,
        reopen,
        disturbance: visibility.disturbance,
        isPaused: visibility.isHidden,
      });
    } finally {
      running = null;
    }
  };
  return {
    describe: async (): Promise<Described> => {
      const opened = await machine();
      if (!opened) return { environment: null, timer: null, problem: missingAdapter() };
      return { environment: opened.environment, timer: opened.timer, problem: null };
    },
    modelSize: async (reference) => {
      const { planModel } = await import('./model-files/open-model.ts');
      const { name, files, bytes, missingBytes } = await planModel(reference, new AbortController().signal);
      return { name, files: files.length, bytes, missingBytes };
    },
    keptModels: async () => (await import('./model-files/open-model.ts')).keptModels(),
    removeKept: async () => (await import('./model-files/open-model.ts')).removeKept(),
    plan: async (options) => selectCases(listCases(), options, acceptsCase),
    run,
    cancel: async () => running?.abort(new UserError('stopped; finished rows and what was downloaded are kept')),
    setHidden: async (hidden) => visibility.change(hidden),
    conformance: async (testCase, target) => {
      if (target !== 'kernels') {
        const { runConformance } = await import('../onnx/conformance.ts');
        return runConformance(testCase, target);
      }
      const opened = await machine();
      if (!opened) return { name: testCase.name, state: 'failed', detail: missingAdapter() };
      const { runOnKernels } = await import('./conformance/on-kernels.ts');
      return runOnKernels(opened.device, testCase);
    },
    checkRuntime: async (runtime, type) => {
      const opened = await machine();
      if (!opened) throw new UserError(missingAdapter());
      const { runtimeChecks } = await import('../session/runtime-checks.ts');
      return runtimeChecks(
        runtime,
        type,
        browserLane(await findInstalledExtras()),
        opened,
        new AbortController().signal,
      );
    },
  };
}

interface Preparation {
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

async function prepareCases(
  machine: Machine,
  options: Options,
  model: ModelInput | null,
  preparation: Preparation,
): Promise<SessionCase[]> {
  if (model) return casesOfModel(machine, options, model, preparation);
  const ids = orderCases(selectCases(listCases(), options, acceptsCase), options.seed, options.order);
  return toSessionCases(ids, machine, options, await findInstalledExtras());
}

async function casesOfModel(
  machine: Machine,
  options: Options,
  { name, source }: ModelInput,
  preparation: Preparation,
): Promise<SessionCase[]> {
  const listed = 'url' in source && source.url.endsWith('/');
  if ('bytes' in source || ('url' in source && !listed)) {
    return modelCases(name, await readOnnx(name, source), options);
  }
  const [{ openDroppedModel, openServedModel }, { fileDecoderCases }] = await Promise.all([
    import('./model-files/open-model.ts'),
    import('../session/file-decoders.ts'),
  ]);
  const loaded =
    'files' in source
      ? await openDroppedModel(source.files)
      : 'url' in source
        ? await openServedModel(name, source.url)
        : await downloadModel(source.reference, preparation);
  return fileDecoderCases(loaded, browserLane(await findInstalledExtras()), machine, options);
}

async function downloadModel(reference: string, { signal, emit }: Preparation): Promise<LoadedModel> {
  const { openRemoteModel } = await import('./model-files/open-model.ts');
  let told = Number.NEGATIVE_INFINITY;
  return openRemoteModel(reference, signal, (progress) => {
    if (progress.bytes < progress.total && performance.now() - told < DOWNLOAD_INTERVAL_MS) return;
    told = performance.now();
    emit({ type: 'download', ...progress });
  });
}

type OnnxSource = Extract<ModelInput['source'], { readonly bytes: ArrayBuffer } | { readonly url: string }>;

/** By address, the separate files of its weights are fetched from beside it; a dropped file comes alone. */
async function readOnnx(name: string, source: OnnxSource): Promise<ModelBytes> {
  if ('bytes' in source) return { bytes: source.bytes, external: [] };
  const bytes = await fetchBytes(name, source.url);
  const base = new URL(source.url, location.href);
  const external: ExternalFile[] = [];
  for (const path of externalFilesOf(inspectModel(new Uint8Array(bytes), name))) {
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), base);
    external.push({ path, data: new Uint8Array(await fetchBytes(`${name}: its weights '${path}'`, url.href)) });
  }
  return { bytes, external };
}

async function fetchBytes(what: string, url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new UserError(`${what}: ${url} answers ${response.status} ${response.statusText}`.trimEnd());
  return response.arrayBuffer();
}
