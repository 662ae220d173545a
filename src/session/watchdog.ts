// Notices a case that no longer answers: a shader without end, a driver that is stuck, a runtime that waits for either. Knows
// no GPU. A case shows that it lives by telling a phase or text, or by looking whether it should stop, as every loop over
// batches, candidates or tokens does.
import type { CaseHooks } from '../bench/outcome.ts';

/** A case that was given up. What it may still do is nobody's any more. */
export class NoAnswer extends Error {}

export interface Watch {
  /** Silence after which a case is given up, ms. */
  readonly patienceMs: number;
  /** Whether time stands still: a hidden page's work is held back. */
  readonly isPaused: () => boolean;
}

/**
 * Least silence that counts, ms: ten times what the slowest compiler takes for a kernel, a software adapter's, and more than a
 * submit ever should.
 */
export const LEAST_PATIENCE_MS = 180_000;
/** A runtime that cannot be asked between tokens is silent for a generation, which is a part of what the whole case takes. */
const ESTIMATES = 3;
const TICK_MS = 1000;

/** Patience with a case that is expected to take so long. */
export function patienceFor(estimateSeconds: number): number {
  return Math.max(LEAST_PATIENCE_MS, ESTIMATES * 1000 * (Number.isFinite(estimateSeconds) ? estimateSeconds : 0));
}

/**
 * As `run` ends, or rejects with NoAnswer when it is silent for too long; its signal is aborted then, so that one that wakes up
 * ends. Silence is counted in ticks: while the thread itself computes there are none, however long that takes.
 */
export async function watched<T>(
  run: (hooks: CaseHooks) => Promise<T>,
  hooks: CaseHooks,
  { patienceMs, isPaused }: Watch,
): Promise<T> {
  const { text } = hooks;
  const givenUp = new AbortController();
  let silentMs = 0;
  const lives = (): boolean => {
    silentMs = 0;
    return !givenUp.signal.aborted;
  };
  const work = run({
    ...hooks,
    signal: listened(AbortSignal.any([hooks.signal, givenUp.signal]), lives),
    phase: (name, fraction) => void (lives() && hooks.phase(name, fraction)),
    ...(text ? { text: (soFar) => void (lives() && text(soFar)) } : {}),
  });
  let timer: ReturnType<typeof setInterval> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (!isPaused()) silentMs += TICK_MS;
      if (silentMs < patienceMs) return;
      const error = new NoAnswer(`no answer for ${(silentMs / 1e3).toFixed(0)} s: given up`);
      givenUp.abort(error);
      reject(error);
    }, TICK_MS);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearInterval(timer);
    // Given up, it may still fail.
    work.catch(() => {});
  }
}

/** The very signal, which tells whenever somebody looks at it. */
function listened(signal: AbortSignal, told: () => void): AbortSignal {
  const { throwIfAborted } = signal;
  const isAborted = (): boolean => Reflect.get(AbortSignal.prototype, 'aborted', signal);
  return Object.defineProperties(signal, {
    aborted: {
      get: () => {
        told();
        return isAborted();
      },
    },
    throwIfAborted: {
      value: () => {
        told();
        throwIfAborted.call(signal);
      },
    },
  });
}
