// A generation: prompts in, tokens out as the GPU chooses them, several steps ahead of what the host has read.
import { MAX_IN_FLIGHT, type Passes, type PendingTokens } from './passes.ts';

export interface GenerateRequest {
  /** One a sequence of the batch, all of one length. */
  readonly prompts: readonly (readonly number[])[];
  readonly maxTokens: number;
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
}

/** Rejects with the signal's reason between two tokens; work in flight is waited for, so that nothing is left mapped. */
export async function generate(passes: Passes, request: GenerateRequest): Promise<Generated> {
  const { prompts, maxTokens, stopTokens = new Set(), inFlight = 3, onToken } = request;
  const signal = request.signal ?? new AbortController().signal;
  const ahead = Math.max(1, Math.min(MAX_IN_FLIGHT, inFlight));
  const length = prompts[0]!.length;
  const tokens: number[][] = prompts.map(() => []);
  const timesNs: number[] = [];
  const stopped = new Set<number>();
  const pending: PendingTokens[] = [];
  signal.throwIfAborted();
  const startNs = performance.now() * 1e6;
  for (const [sequence, prompt] of prompts.entries()) await passes.keepPrompt(prompt, sequence, signal);
  let submitted = 0;
  const submit = (): void => {
    const slot = submitted % MAX_IN_FLIGHT;
    pending.push(
      submitted === 0 ? passes.chooseFirst(length, slot) : passes.decode(length + submitted, submitted, slot),
    );
    submitted++;
  };
  try {
    while (timesNs.length < maxTokens && stopped.size < prompts.length) {
      signal.throwIfAborted();
      while (pending.length < ahead && submitted < maxTokens) submit();
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
  return { tokens, startNs, timesNs };
}
