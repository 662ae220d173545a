// The one interface between the page and its workers (comlink). Types only: the page may import this file, nothing else here.
import type { ModelRuntime } from '../../models/decoder-cases.ts';
import type { WeightType } from '../../models/decoder-cost.ts';
import type { RuntimeCheck } from '../bench/decoder-conformance.ts';
import type { Options } from '../core/options.ts';
import type { Overlay } from '../fleet/overlay.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import type { Scenario } from '../fleet/scenario.ts';
import type { Refit } from '../fleet/serving/refit.ts';
import type { VendorGap } from '../fleet/vendor-gap.ts';
import type { ConformanceCase, ConformanceResult, ExecutionProvider } from '../onnx/conformance.ts';
import type { ResultFile, Session } from '../results/schema.ts';
import type { Described, RunEvent } from '../session/events.ts';

export type { Described, PlannedCase, RunEvent } from '../session/events.ts';

/**
 * A model handed over by the page: an ONNX file's bytes, dropped GGUF or safetensors files, an address on this origin (one
 * that ends in a slash answers with a list of files), or a reference (`hf:owner/name`) that is downloaded first.
 */
export interface ModelInput {
  readonly name: string;
  readonly source:
    | { readonly bytes: ArrayBuffer }
    | { readonly files: readonly File[] }
    | { readonly url: string }
    | { readonly reference: string };
}

export interface KeptModels {
  readonly files: number;
  readonly bytes: number;
}

/** What a reference would download. */
export interface ModelSize {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  /** Of them, what is not kept in this browser yet. */
  readonly missingBytes: number;
}

export interface BenchWorker {
  /** Opens the adapter, probes the timer. Never throws for a missing adapter. */
  describe(): Promise<Described>;
  /** Case ids of the suite and filter; throws a UserError text for an unknown id. */
  plan(options: Options): Promise<readonly string[]>;
  /** Asks the hub or server that a reference names for names and sizes, and for nothing else. */
  modelSize(reference: string): Promise<ModelSize>;
  /** Files of downloaded models that this browser keeps. */
  keptModels(): Promise<KeptModels>;
  removeKept(): Promise<void>;
  /** Runs the plan; resolves with the session, also after cancel(). */
  run(options: Options, model: ModelInput | null, onEvent: (event: RunEvent) => void): Promise<Session>;
  /** Stops within one batch; finished rows are kept. */
  cancel(): Promise<void>;
  /** Told at every change of the page's visibility, which a worker cannot see: samples taken while hidden do not count. */
  setHidden(hidden: boolean): Promise<void>;
  conformance(testCase: ConformanceCase, target: ConformanceTarget): Promise<ConformanceResult>;
  /** The checks that every decoding runtime is held to, on the smallest model. */
  checkRuntime(runtime: ModelRuntime, type: WeightType): Promise<RuntimeCheck[]>;
}

/**
 * How much of a scenario is drawn: `quick` answers a slider that moves, `whole` one that rests, `wide` draws 100,000 scenarios on the
 * GPU and is null without one.
 */
export type Effort = 'quick' | 'whole' | 'wide';

/** The fleet's arithmetic, apart from the bench: nothing of it touches a GPU. Every fault is a UserError's text. */
export interface FleetWorker {
  /**
   * Null when a newer question came before this one was answered. `flopsFactor`: counted flops per token over those of the model's
   * shape (src/fleet/bridge.ts), 1 without a count.
   */
  rollout(scenario: Scenario, effort: Effort, flopsFactor: number): Promise<RolloutReport | null>;
  pairing(scenario: Scenario): Promise<PairingReport>;
  vendorGap(result: ResultFile): Promise<VendorGap | null>;
  /** Lays a user's own constants, chips, models and points over the catalogue of this worker. */
  useCatalogue(json: unknown, name: string): Promise<Overlay>;
  /** How a user's own serving runs move the calibration, without taking them in. */
  refit(json: unknown, name: string): Promise<Refit>;
}

/** `document.body.dataset.state` of the page. `ready`: described and able to start; `error`: the last start failed. */
export type PageState = 'idle' | 'ready' | 'running' | 'done' | 'cancelled' | 'error';

/** What the page hands to `globalThis.fleetmarkHost` (when a host exposed one), in order; plain JSON. */
export type HostEvent =
  | RunEvent
  | { readonly type: 'described'; readonly described: Described }
  | { readonly type: 'error'; readonly message: string };

/** What runs a conformance case: a provider of onnxruntime-web, or our own kernels. */
export type ConformanceTarget = ExecutionProvider | 'kernels';

/** A conformance case whose files the page fetches from its own origin. */
export interface ConformanceUrls {
  readonly name: string;
  readonly modelUrl: string;
  /** Null: inputs are made, see ConformanceCase. */
  readonly inputUrls: readonly string[] | null;
  readonly outputUrls: readonly string[];
}

/** The page as `globalThis.fleetmark`, for the headless runner and a developer's console. Everything in and out is plain JSON. */
export interface PageAutomation {
  /** Resolves when the adapter is described; the same answer to every call. */
  describe(): Promise<Described>;
  /** Runs with the address's options; resolves with the file when the run ends, also after cancel(). Rejects with the error's text. */
  start(): Promise<ResultFile>;
  /** Stops within one batch; resolves when the run has ended. */
  cancel(): Promise<void>;
  /** The file of the current or last run as far as it got; null before the first plan. */
  result(): ResultFile | null;
  conformance(testCase: ConformanceUrls, target: ConformanceTarget): Promise<ConformanceResult>;
  checkRuntime: BenchWorker['checkRuntime'];
}
