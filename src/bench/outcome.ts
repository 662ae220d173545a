// What measuring a case yields, whatever was measured: the plain form that src/results checks and stores.
import type { OperationTime } from '../core/operation-time.ts';
import type { Warning } from '../core/warnings.ts';
import type { TextSoFar } from './text-stream.ts';

export interface MetricSamples {
  /** e.g. `time`, `ttft`, `tpot`, `gap`, `decode-rate`. */
  readonly name: string;
  /** Definition id, e.g. `kernel-time/gpu-or-slope`, `ttft/submit-to-readable`; texts in core/definitions.ts. */
  readonly definition: string;
  readonly unit: 'ns' | 'tokens/s' | 'tokens/J' | 'bytes' | 'J' | 'W' | '1';
  readonly better: 'lower' | 'higher';
  readonly estimator: 'timestamp' | 'wall-slope' | 'wall' | 'count';
  /** Repetitions averaged inside one sample. */
  readonly opsPerSample: number;
  readonly samples: number[];
  readonly warmup: number[];
  readonly excluded: { index: number; value: number; cause: string }[];
}

export interface VerificationOutcome {
  readonly state: 'passed' | 'failed' | 'none';
  readonly rule: string;
  readonly checked: number;
  readonly total: number;
  readonly figures: Record<string, number>;
  readonly detail?: string;
  readonly firstWrong?: FirstWrong;
  readonly perplexity?: PerplexityOutcome;
}

/** The first step of a decoder whose token was not the reference's, also where a near tie excuses it. */
export interface FirstWrong {
  /** 0 is the token after the prompt. */
  readonly step: number;
  readonly token: number;
  readonly reference: number;
  /** Reference logit of its own token less that of the other. */
  readonly margin: number;
}

/** How well a trained decoder foretells text it was not trained on. */
export interface PerplexityOutcome {
  /** exp of the mean loss, over `tokens` predicted tokens. */
  readonly value: number;
  /** What the reference finds on the same tokens; absent where it is too slow for that. */
  readonly reference?: number;
  readonly tokens: number;
  /** Which text and which part of it. */
  readonly text: string;
}

export interface PlacementOutcome {
  readonly provider: string;
  readonly nodes: number;
  readonly nodesOnGpu: number;
  readonly timeShareOnGpu?: number;
  readonly cpuOperators: string[];
}

/** One candidate of a tuning space: what became of it. */
export interface TunedCandidate {
  /** Case id of the very kernel. */
  readonly id: string;
  /**
   * `equal`: not told apart from the chosen one within 1 %; `open`: time ran out before it was; `slower`: in a trial or the
   * race; `wrong`: disagrees with the reference; `untried`: no time for it.
   */
  readonly state: 'chosen' | 'equal' | 'open' | 'slower' | 'wrong' | 'illegal' | 'error' | 'untried';
  /** Why, where it was not timed. */
  readonly reason?: string;
  /** ns an operation in a short trial. */
  readonly trialNs?: number;
  /** Median ns an operation in the race, over so many blocks of two batches. */
  readonly timeNs?: number;
  readonly blocks?: number;
  /** Time over the chosen one's in shared blocks, with its interval at 90 %. */
  readonly ratio?: number;
  readonly ratioLo?: number;
  readonly ratioHi?: number;
}

/** What the tuner did for one kernel at one shape. */
export interface TuningTable {
  /** Case id; null when nothing could be timed. */
  readonly chosen: string | null;
  /** Compiling, verifying and timing together. */
  readonly seconds: number;
  /** `confident`: every candidate was tried, and every one beside the chosen is slower or the same. */
  readonly ended: 'confident' | 'deadline';
  readonly candidates: TunedCandidate[];
}

/** How a row came to its kernel: raced for in this session, or remembered from an earlier one. */
export interface TuningOutcome extends TuningTable {
  readonly from: 'race' | 'memory';
}

export interface CaseOutcome {
  readonly state: 'ok' | 'failed' | 'error' | 'skipped' | 'cancelled';
  readonly reason?: string;
  readonly verification?: VerificationOutcome;
  readonly metrics: MetricSamples[];
  readonly cost?: { flops: number; bytes: number; dispatches?: number; arithmetic?: string };
  readonly placement?: PlacementOutcome;
  /** Operations of one decode step, of a runtime that can time them. */
  readonly operations?: OperationTime[];
  readonly facts: Record<string, string | number | boolean>;
  /** Of a case whose kernel the tuner chose. */
  readonly tuning?: TuningOutcome;
  readonly warnings: Warning[];
}

/** How a long case tells where it is and learns that it should stop. */
export interface CaseHooks {
  readonly signal: AbortSignal;
  /** A few words, and how far along (0 to 1) where known. Called at most a few times a second, never inside a timed span. */
  phase(name: string, fraction: number | null): void;
  /**
   * What disturbed the machine since this was last asked, e.g. `page hidden`: a sample timed meanwhile does not count.
   * Absent where nobody watches.
   */
  disturbance?(): string | null;
  /** The text a model has written so far; called only outside of what is timed. Absent where nobody reads. */
  text?(soFar: TextSoFar): void;
}

/** A case of which nothing was measured, and why. */
export function unmeasured(state: 'skipped' | 'failed' | 'error', reason: string): CaseOutcome {
  return { state, reason, metrics: [], facts: {}, warnings: [] };
}
