// What a library owes the peers run: an operation on resident inputs, and its output for the check; and how the fastest of
// several ways is chosen. The end point of `once` is the same for all: the result on the GPU, the queue drained, no byte
// read back. Knows no library.
import type { Tolerance } from '../../../kernels/family.ts';
import type { VerificationOutcome } from '../../bench/outcome.ts';
import { messageOf } from '../../core/errors.ts';

export interface Contender {
  /** Version of the library and what it chose, for the row. */
  readonly facts: Readonly<Record<string, string>>;
  /** One operation: resolves when the result is on the GPU and the queue is drained. */
  once(): Promise<void>;
  /** The result of one more operation, read back, in our kernel's layout. */
  output(): Promise<Float32Array>;
  close(): Promise<void>;
}

/** One way to do the operation with a library. */
export interface Form {
  readonly name: string;
  /** What its output is held to. */
  readonly tolerance: Tolerance;
  open(): Promise<Contender>;
}

/**
 * A library may round worse than our kernels must and still be right: relative rms error 3e-5. Whatever is more wrong
 * than that has computed something else.
 */
export const PEER_TOLERANCE: Tolerance = { nmse: 1e-9 };

export type Check = (contender: Contender, tolerance: Tolerance) => Promise<VerificationOutcome>;

export interface Chosen {
  readonly contender: Contender;
  readonly verification: VerificationOutcome;
  /** How each form that was not chosen fared. */
  readonly beaten: readonly string[];
}

/** Trials of a form: the fewest, and more while they are short. */
const TRIALS = 3;
const MOST_TRIALS = 10;
const TRIAL_MS = 200;
/** A form that starts this much slower than the best so far gets no second trial. */
const HOPELESS = 2;

/**
 * The fastest form whose output is right; every library gets the same trial. Throws when no form runs at all;
 * when some run but none is right, resolves with a failed one, so that its row can show how it fails.
 */
export async function chooseForm(forms: readonly Form[], check: Check, signal: AbortSignal): Promise<Chosen> {
  const beaten: string[] = [];
  let best: Tried | null = null;
  for (const form of forms) {
    let tried: Tried;
    try {
      signal.throwIfAborted();
      tried = await tryForm(form, check, forms.length === 1 ? null : (best?.wallMs ?? Number.POSITIVE_INFINITY));
    } catch (error) {
      if (signal.aborted) await best?.contender.close();
      signal.throwIfAborted();
      beaten.push(forms.length > 1 ? `${form.name}: ${messageOf(error)}` : messageOf(error));
      continue;
    }
    const [winner, loser]: [Tried, Tried | null] = best && best.wallMs <= tried.wallMs ? [best, tried] : [tried, best];
    if (loser) beaten.push(describeTrial(loser));
    await loser?.contender.close();
    best = winner;
  }
  if (!best) throw new Error(beaten.join('; '));
  return { ...best, beaten };
}

/** `direct: 12.3 ms` */
function describeTrial({ form, wallMs, verification: { figures } }: Tried): string {
  if (Number.isFinite(wallMs)) return `${form.name}: ${wallMs.toPrecision(3)} ms`;
  return `${form.name}: disagrees with the f64 reference, NMSE ${figures.nmse?.toPrecision(2)}`;
}

interface Tried {
  readonly form: Form;
  readonly contender: Contender;
  readonly verification: VerificationOutcome;
  /** Shortest; infinite for a wrong answer, 0 where there is nothing to compare with. */
  readonly wallMs: number;
}

async function tryForm(form: Form, check: Check, toBeat: number | null): Promise<Tried> {
  const contender = await form.open();
  try {
    const verification = await check(contender, form.tolerance);
    if (verification.state !== 'passed') return { form, contender, verification, wallMs: Number.POSITIVE_INFINITY };
    const wallMs = toBeat === null ? 0 : await shortest(contender, toBeat);
    return { form, contender, verification, wallMs };
  } catch (error) {
    await contender.close();
    throw error;
  }
}

/** ms of the shortest of a few operations; of one, where that is hopeless. */
async function shortest(contender: Contender, toBeat: number): Promise<number> {
  const began = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIALS || (i < MOST_TRIALS && performance.now() - began < TRIAL_MS); i++) {
    const start = performance.now();
    await contender.once();
    best = Math.min(best, performance.now() - start);
    if (best > HOPELESS * toBeat) break;
  }
  return best;
}
