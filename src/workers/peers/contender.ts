// What a library owes the peers run: an operation on resident inputs, and its output for the check; and how the fastest of
// several ways is chosen. The end point of `once` is the same for all: the result on the GPU, the queue drained, no byte
// read back. Knows no library.
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
  open(): Promise<Contender>;
}

export interface Chosen {
  readonly contender: Contender;
  readonly verification: VerificationOutcome;
  /** How each form that was not chosen fared. */
  readonly beaten: readonly string[];
}

const TRIALS = 3;
/** A form that starts this much slower than the best so far gets no second trial. */
const HOPELESS = 1.5;

/**
 * The fastest form whose output is right; every library gets the same trial. Throws when no form runs at all;
 * when some run but none is right, resolves with a failed one, so that its row can show how it fails.
 */
export async function chooseForm(
  forms: readonly Form[],
  check: (contender: Contender) => Promise<VerificationOutcome>,
  signal: AbortSignal,
): Promise<Chosen> {
  const beaten: string[] = [];
  const trials = forms.length > 1 ? TRIALS : 0;
  let best: Tried | null = null;
  for (const form of forms) {
    let tried: Tried;
    try {
      signal.throwIfAborted();
      tried = await tryForm(form, check, trials, best?.wallMs ?? Number.POSITIVE_INFINITY);
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

async function tryForm(
  form: Form,
  check: (contender: Contender) => Promise<VerificationOutcome>,
  trials: number,
  toBeat: number,
): Promise<Tried> {
  const contender = await form.open();
  try {
    const verification = await check(contender);
    if (verification.state !== 'passed') return { form, contender, verification, wallMs: Number.POSITIVE_INFINITY };
    let wallMs = trials === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (let i = 0; i < trials && (i === 0 || wallMs < HOPELESS * toBeat); i++) {
      const began = performance.now();
      await contender.once();
      wallMs = Math.min(wallMs, performance.now() - began);
    }
    return { form, contender, verification, wallMs };
  } catch (error) {
    await contender.close();
    throw error;
  }
}
