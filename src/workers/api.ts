// The one interface between the page and its workers (comlink). Types only: the page may import this file, nothing else here.
import type { Options } from '../core/options.ts';
import type { ConformanceCase, ConformanceResult, ExecutionProvider } from '../onnx/conformance.ts';
import type { Environment, Row, Session, Timer } from '../results/schema.ts';

/** What the machine is, before anything is measured. `environment.adapter` is null when WebGPU gives no adapter. */
export interface Described {
  readonly environment: (Omit<Environment, 'adapter'> & { adapter: Environment['adapter'] }) | null;
  readonly timer: Timer | null;
  /** Why there is no adapter, and what to do; null when there is one. */
  readonly problem: string | null;
}

export interface PlannedCase {
  readonly id: string;
  /** Seconds it is expected to take on this adapter; null before the probes have run. */
  readonly estimateSeconds: number | null;
}

/** What a run tells while it goes on: at case boundaries, and at most four times a second inside one. */
export type RunEvent =
  | { readonly type: 'planned'; readonly cases: readonly PlannedCase[]; readonly session: Session }
  | {
      readonly type: 'started';
      readonly id: string;
      readonly index: number;
      readonly total: number;
      readonly secondsLeft: number | null;
    }
  | { readonly type: 'phase'; readonly id: string; readonly phase: string; readonly fraction: number | null }
  | { readonly type: 'row'; readonly row: Row; readonly secondsLeft: number | null }
  | { readonly type: 'done'; readonly session: Session };

/** A model file handed over by the page (dropped) or named by URL. */
export interface ModelInput {
  readonly name: string;
  readonly source: { readonly bytes: ArrayBuffer } | { readonly url: string };
}

export interface BenchWorker {
  /** Opens the adapter, probes the timer. Never throws for a missing adapter. */
  describe(): Promise<Described>;
  /** Case ids of the suite and filter; throws a UserError text for an unknown id. */
  plan(options: Options): Promise<readonly string[]>;
  /** Runs the plan; resolves with the session, also after cancel(). */
  run(options: Options, model: ModelInput | null, onEvent: (event: RunEvent) => void): Promise<Session>;
  /** Stops within one batch; finished rows are kept. */
  cancel(): Promise<void>;
  conformance(testCase: ConformanceCase, provider: ExecutionProvider): Promise<ConformanceResult>;
}
