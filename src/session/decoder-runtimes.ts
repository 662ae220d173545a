// What a lane of the harness brings to a decoder case: the runtimes it has, and a reference for models too large for f64.
// Types only.
import type { DecoderCase, ModelRuntime } from '../../models/decoder-cases.ts';
import type { DecoderConfig } from '../../models/decoders.ts';
import type { NoReference } from '../bench/decoder-run.ts';
import type { OpenDecoder, RuntimeAbilities } from '../bench/decoder-runtime.ts';
import type { ReferenceRequest, ReferenceRun } from '../bench/forced-decoding.ts';
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import type { DecoderModel, OpenTiny } from './decoder-model.ts';
import type { Machine } from './machine.ts';

/** A model made ready for one runtime: written to its format where it needs one, not yet open. */
export interface PreparedDecoder {
  readonly abilities: RuntimeAbilities;
  open(onProgress: (fraction: number) => void): Promise<OpenDecoder>;
  /** What is known only by looking again, after the measurement: where nodes ran, how many dispatches. */
  inspect?(
    prompt: readonly number[],
    hooks: CaseHooks,
  ): Promise<Partial<Pick<CaseOutcome, 'placement' | 'facts' | 'warnings'>>>;
  /** What can follow the whole generation in f32 where f64 cannot; absent where the lane has nothing. */
  reference?(request: ReferenceRequest): Promise<ReferenceRun | NoReference>;
}

export interface DecoderLane {
  readonly openTiny: OpenTiny;
  /** Bytes of JavaScript's heap in use; null where the platform does not tell. */
  heapBytes(): number | null;
  /** Whether this lane has that runtime, or why not. */
  missing(runtime: ModelRuntime): string | null;
  /** Why the case cannot run on this machine, found before anything is made; null when it can. */
  limit(item: DecoderCase, config: DecoderConfig, machine: Machine): string | null;
  /** Rejects with a RangeError where there is no memory for the model in its format. */
  prepare(item: DecoderCase, model: DecoderModel, machine: Machine): Promise<PreparedDecoder>;
}
