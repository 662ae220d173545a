// A generation: prompts in, tokens out as the GPU chooses them, several steps ahead of what the host has read.
import { UserError } from '../core/errors.ts';
import { MAX_IN_FLIGHT, type Passes, type PendingTokens } from './passes.ts';

/** How tokens are drawn: from softmax(logits / temperature), cut to the topK largest, then to the fewest that reach topP. */
export interface SamplingRule {
  readonly temperature: number;
  readonly seed: number;
  readonly topK?: number;
  readonly topP?: number;
}

export interface GenerateRequest {
  /** One a sequence of the batch, all of one length. */
  readonly prompts: readonly (readonly number[])[];
  readonly maxTokens: number;
  /** The largest logit when absent. */
  readonly sampling?: SamplingRule;
  /** A sequence ends with one of these; the generation when all have. None when absent. */
  readonly stopTokens?: ReadonlySet<number>;
  /** Decode steps submitted before their tokens are read, 1 to 4; 3 when absent. */
  readonly inFlight?: number;
  readonly signal?: AbortSignal;
  /** Called with the newest token of every sequence and the time at which it was readable (performance.now(), ns). */
  readonly onToken?: (tokens: readonly number[], atNs: number) => void;
}

export interface Generated {
  /** Per sequence, the stop token included. */
  readonly tokens: readonly (readonly number[])[];
  /** performance.now() in ns when the prompt was handed over, and when each step's tokens were readable. */
  readonly startNs: number;
  readonly timesNs: readonly number[];
  /** Time the host took to record and submit each step: what it costs to keep the GPU busy. */
  readonly submitNs: readonly number[];
}

/** A UserError for a value that no draw can be made with. */
export function checkSampling({ temperature, seed, topK = 0, topP = 1 }: SamplingRule): void {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new UserError(`temperature ${temperature} must be above 0`);
  if (!(Number.isInteger(seed) && seed >= 0)) throw new UserError(`seed ${seed} must be a whole number, at least 0`);
  if (!(Number.isInteger(topK) && topK >= 0)) throw new UserError(`top-k ${topK} must be a whole number, at least 0`);
  if (!(topP > 0 && topP <= 1)) throw new UserError(`top-p ${topP} must be above 0 and at most 1`);
}

/** Rejects with the signal's reason between two tokens; work in flight is waited for, so that nothing is left mapped. */
export async function generate(passes: Passes, request: GenerateRequest): Promise<Generated> {
  const { prompts, maxTokens, stopTokens = new Set(), inFlight = 3, onToken } = request;
  const signal = request.signal ?? new AbortController().signal;
  const ahead = Math.max(1, Math.min(MAX_IN_FLIGHT, inFlight));
  const length = prompts[0]!.length;
  const run = { rows: prompts.length, draws: request.sampling ? { topK: 0, topP: 1, ...request.sampling } : null };
  const tokens: number[][] = prompts.map(() => []);
  const timesNs: number[] = [];
  const stopped = new Set<number>();
  const pending: PendingTokens[] = [];
  signal.throwIfAborted();
  const startNs = performance.now() * 1e6;
  for (const [sequence, prompt] of prompts.entries()) await passes.keepPrompt(prompt, sequence, signal);
  let submitted = 0;
  const submitNs: number[] = [];
  const submit = (): void => {
    const began = performance.now();
    const slot = submitted % MAX_IN_FLIGHT;
    const chosen =
      submitted === 0 ? passes.chooseFirst(run, length, slot) : passes.decode(run, length + submitted, submitted, slot);
    pending.push(chosen);
    submitNs.push((performance.now() - began) * 1e6);
    submitted++;
  };
  try {
    while (timesNs.length < maxTokens && stopped.size < prompts.length) {
      signal.throwIfAborted();
      // Until the first token is read nothing runs ahead: recording later steps would count as time to first token.
      const depth = timesNs.length === 0 ? 1 : ahead;
      while (pending.length < depth && submitted < maxTokens) submit();
      const chosen = Array.from(await pending.shift()!);
      timesNs.push(performance.now() * 1e6);
      for (const [sequence, token] of chosen.entries()) {
        tokens[sequence]!.push(token);
        if (stopTokens.has(token)) stopped.add(sequence);
      }
      onToken?.(chosen, timesNs.at(-1)!);
    }
  } finally {
    await Promise.all(pending);
  }
  return { tokens, startNs, timesNs, submitNs };
}
