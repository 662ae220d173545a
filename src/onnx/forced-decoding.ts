// Verifies a decoder by forced decoding: the reference's own tokens are fed step by step, and the logits after each are
// compared. Knows no provider: the reference and the tested one are both just token feeders.

import type { WeightType } from '../../models/decoder-cost.ts';
import type { VerificationOutcome } from '../bench/outcome.ts';
import { largest, type TokenFeeder } from './generate.ts';

/** What the reference said: its greedy tokens and the logits each was chosen from. */
export interface ReferenceRun {
  /** Named in the rule, e.g. `onnxruntime-web wasm`. */
  readonly name: string;
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  readonly logits: readonly Float32Array[];
}

/**
 * Largest allowed |Δlogit| as a share of the reference logits' root mean square at that step. f32 sums in another order
 * differ by parts in 10⁵ (seen: 1e-5 for test-4x128, 5e-5 for SmolLM2-135M); f16 keeps 11 bits through every layer.
 */
export const LOGIT_TOLERANCE: Readonly<Record<WeightType, number>> = { f32: 1e-3, int4: 1e-3, f16: 5e-2 };

/** Feeds the reference's tokens to `decoder` and compares every step. */
export async function verifyForced(
  decoder: TokenFeeder,
  reference: ReferenceRun,
  tolerance: number,
  signal: AbortSignal,
): Promise<VerificationOutcome> {
  const steps: Step[] = [];
  decoder.reset();
  for (const [index, expected] of reference.logits.entries()) {
    signal.throwIfAborted();
    const actual = await decoder.feed(index === 0 ? reference.prompt : [reference.tokens[index - 1]!]);
    steps.push(compareStep(index, actual, expected));
  }
  return judge(steps, reference.name, tolerance);
}

interface Step {
  readonly index: number;
  readonly expectedToken: number;
  readonly actualToken: number;
  /** Reference logit of its own token less that of the token chosen: how clear the reference's choice was. */
  readonly margin: number;
  readonly largestError: number;
  readonly referenceRms: number;
}

/** Compares the logits of one step; a value that is not a number counts as an infinite error. */
function compareStep(index: number, actual: Float32Array, expected: ArrayLike<number>): Step {
  const reference = Float32Array.from(expected);
  // Logits of another length are of another vocabulary: no part of them agrees.
  let [largestError, squares] = [actual.length === reference.length ? 0 : Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < reference.length; i++) {
    const error = Math.abs(actual[i]! - reference[i]!);
    if (!(error <= largestError)) largestError = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    squares += reference[i]! * reference[i]!;
  }
  const [expectedToken, actualToken] = [largest(reference), largest(actual)];
  const margin = reference[expectedToken]! - reference[actualToken]!;
  return {
    index,
    expectedToken,
    actualToken,
    margin,
    largestError,
    referenceRms: Math.sqrt(squares / reference.length),
  };
}

/**
 * Passed when at every step the largest logit error is within tolerance × rms, and the chosen token is the reference's, or
 * one whose reference logit is so close that twice that error explains the choice.
 */
function judge(steps: readonly Step[], referenceName: string, tolerance: number): VerificationOutcome {
  const bound = (step: Step): number => tolerance * step.referenceRms;
  const failing = steps.find((step) => !(step.largestError <= bound(step)) || step.margin > 2 * bound(step));
  const agreeing = steps.filter((step) => step.actualToken === step.expectedToken).length;
  const disagreeing = steps.find((step) => step.actualToken !== step.expectedToken);
  const shown = failing ?? disagreeing;
  return {
    state: failing ? 'failed' : 'passed',
    rule: `forced decoding against ${referenceName}: at every step |Δlogit| ≤ ${tolerance} × rms of the reference logits, and its top token, or one within twice that of it`,
    checked: steps.length,
    total: steps.length,
    figures: {
      topAgreement: agreeing / steps.length,
      largestLogitError: finite(Math.max(...steps.map((step) => step.largestError))),
      largestRelativeError: finite(Math.max(...steps.map((step) => step.largestError / step.referenceRms))),
    },
    ...(shown ? { detail: describe(shown, bound(shown)) } : {}),
  };
}

/** A result file holds only finite numbers; an overflowed logit is shown as the largest f32. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 3.4e38;
}

function describe(step: Step, bound: number): string {
  return [
    `step ${step.index}: token ${step.actualToken}, reference ${step.expectedToken} (its margin ${step.margin.toPrecision(3)})`,
    `largest |Δlogit| ${step.largestError.toPrecision(3)}, allowed ${bound.toPrecision(3)}, rms ${step.referenceRms.toPrecision(3)}`,
  ].join('\n');
}
