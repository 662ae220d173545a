// What a session tells while it goes on. Plain data: it crosses from a worker to its page, and from a process to its parent.
import type { TextSoFar } from '../bench/text-stream.ts';
import type { Environment, Row, SealedPrediction, Session, Timer } from '../results/schema.ts';

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

/** At case boundaries, and at most four times a second inside one. */
export type RunEvent =
  /** Before the plan, while a model is fetched: bytes of all its files that are here. */
  | { readonly type: 'download'; readonly file: string; readonly bytes: number; readonly total: number }
  | { readonly type: 'planned'; readonly cases: readonly PlannedCase[]; readonly session: Session }
  | {
      readonly type: 'started';
      readonly id: string;
      readonly index: number;
      readonly total: number;
      readonly secondsLeft: number | null;
    }
  | { readonly type: 'phase'; readonly id: string; readonly phase: string; readonly fraction: number | null }
  /** Before the first case that the probes predict. */
  | { readonly type: 'sealed'; readonly sealed: SealedPrediction }
  | ({ readonly type: 'text'; readonly id: string } & TextSoFar)
  | { readonly type: 'row'; readonly row: Row; readonly secondsLeft: number | null }
  | { readonly type: 'done'; readonly session: Session };
