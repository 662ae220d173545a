// The accuracy gate: the reference's own tokens are fed step by step, and the scores after each are compared by top token,
// largest logit error and divergence. Knows no runtime: the reference and the tested one are both just token feeders.
import type { GenerationRequest } from './decoder-runtime.ts';
import { type GateRule, gateRuleText } from './gate-rule.ts';
import { largest, type TokenFeeder } from './generate.ts';
import type { FirstWrong, VerificationOutcome } from './outcome.ts';
import { divergence, finite, logSumExp } from './score-math.ts';

/** What the reference said: its greedy tokens and the logits each was chosen from. */
export interface ReferenceRun {
  /** Named in the rule, e.g. `onnxruntime-web wasm`. */
  readonly name: string;
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  readonly logits: readonly ArrayLike<number>[];
}

/** What a reference is asked to decode greedily. */
export type ReferenceRequest = Pick<GenerationRequest, 'prompt' | 'newTokens' | 'signal'>;

export interface Forcing {
  readonly reference: ReferenceRun;
  readonly rule: GateRule;
  /** What the tested runtime gives: log-probabilities differ from logits by a constant a step, which is taken out of both. */
  readonly scores?: 'logits' | 'log-probabilities';
  readonly signal: AbortSignal;
}

/** Feeds the reference's tokens to `decoder` and compares every step. */
export async function verifyForced(decoder: TokenFeeder, forcing: Forcing): Promise<VerificationOutcome> {
  const { reference, rule, scores = 'logits', signal } = forcing;
  const steps: Step[] = [];
  await decoder.reset();
  for (const [index, expected] of reference.logits.entries()) {
    signal.throwIfAborted();
    const actual = await decoder.feed(index === 0 ? reference.prompt : [reference.tokens[index - 1]!]);
    const wanted = scores === 'logits' ? expected : normalised(expected);
    steps.push(compareStep(index, actual, wanted));
  }
  return judge(steps, reference.name, rule);
}

function normalised(logits: ArrayLike<number>): Float64Array {
  const shift = logSumExp(logits);
  return Float64Array.from(logits, (logit) => logit - shift);
}

interface Step {
  readonly index: number;
  readonly expectedToken: number;
  readonly actualToken: number;
  /** Reference logit of its own token less that of the token chosen: how clear the reference's choice was. */
  readonly margin: number;
  readonly largestError: number;
  readonly referenceRms: number;
  /** KL(reference ‖ actual), nats. */
  readonly divergence: number;
}

/** Compares the logits of one step; a value that is not a number counts as an infinite error. */
function compareStep(index: number, actual: Float32Array, reference: ArrayLike<number>): Step {
  // Logits of another length are of another vocabulary: no part of them agrees.
  let [largestError, squares] = [actual.length === reference.length ? 0 : Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < reference.length; i++) {
    const error = Math.abs(actual[i]! - reference[i]!);
    if (!(error <= largestError)) largestError = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    squares += reference[i]! * reference[i]!;
  }
  const [expectedToken, actualToken] = [largest(reference), largest(actual)];
  return {
    index,
    expectedToken,
    actualToken,
    margin: reference[expectedToken]! - reference[actualToken]!,
    largestError,
    referenceRms: Math.sqrt(squares / reference.length),
    divergence: divergence(reference, actual),
  };
}

/**
 * Passed when at every step the largest logit error is within tolerance × rms, and the chosen token is the reference's, or
 * one whose reference logit is so close that twice that error explains the choice; and the mean divergence is within its bound.
 */
function judge(steps: readonly Step[], referenceName: string, rule: GateRule): VerificationOutcome {
  const bound = (step: Step): number => rule.logitError * step.referenceRms;
  const failing = steps.find((step) => !(step.largestError <= bound(step)) || step.margin > 2 * bound(step));
  const agreeing = steps.filter((step) => step.actualToken === step.expectedToken).length;
  const disagreeing = steps.find((step) => step.actualToken !== step.expectedToken);
  const meanKl = steps.reduce((sum, step) => sum + step.divergence, 0) / steps.length;
  const diverges = !(meanKl <= rule.meanKl);
  const shown = failing ?? disagreeing;
  const details = [
    ...(shown ? [describe(shown, bound(shown))] : []),
    ...(failing && disagreeing && disagreeing !== failing
      ? [describeToken('first wrong token: step', disagreeing)]
      : []),
    ...(diverges ? [`mean KL ${meanKl.toPrecision(3)} nats, allowed ${rule.meanKl}`] : []),
  ];
  return {
    state: failing || diverges ? 'failed' : 'passed',
    rule: `forced decoding against ${referenceName}: ${gateRuleText(rule)}`,
    checked: steps.length,
    total: steps.length,
    figures: {
      topAgreement: agreeing / steps.length,
      meanKl: finite(meanKl),
      largestLogitError: finite(Math.max(...steps.map((step) => step.largestError))),
      largestRelativeError: finite(Math.max(...steps.map((step) => step.largestError / step.referenceRms))),
    },
    ...(details.length > 0 ? { detail: details.join('\n') } : {}),
    ...(disagreeing ? { firstWrong: firstWrongOf(disagreeing) } : {}),
  };
}

function firstWrongOf({ index, actualToken, expectedToken, margin }: Step): FirstWrong {
  return { step: index, token: actualToken, reference: expectedToken, margin: finite(margin) };
}

function describe(step: Step, bound: number): string {
  return [
    describeToken('step', step),
    `largest |Δlogit| ${step.largestError.toPrecision(3)}, allowed ${bound.toPrecision(3)}, rms ${step.referenceRms.toPrecision(3)}`,
  ].join('\n');
}

function describeToken(what: string, { index, actualToken, expectedToken, margin }: Step): string {
  return `${what} ${index}: token ${actualToken}, reference ${expectedToken} (its margin ${margin.toPrecision(3)})`;
}
