// Runs one decoder on one runtime: cold and warm generations, the accuracy gate, perplexity. The same steps for every runtime
// and every model. Knows neither.
import type { OperationTime } from '../core/operation-time.ts';
import { streamOf } from '../core/rng.ts';
import type { Warning } from '../core/warnings.ts';
import { checkDrawn } from './decoder-draws.ts';
import { decoderMetrics, heldBytes } from './decoder-metrics.ts';
import type { Generation, GenerationRequest, OpenDecoder, RuntimeAbilities } from './decoder-runtime.ts';
import { type EnergyWork, energyOf, type PowerSource } from './energy.ts';
import { type ReferenceRun, verifyForced } from './forced-decoding.ts';
import type { GateRule } from './gate-rule.ts';
import type { CaseHooks, CaseOutcome, MetricSamples, VerificationOutcome } from './outcome.ts';
import { type HeldoutText, textLoss, withPerplexity } from './perplexity.ts';
import { createTextStream, type Detokenise } from './text-stream.ts';
import { checkTimedTokens } from './timed-tokens.ts';

/** Why there is nothing to compare with. */
export interface NoReference {
  readonly missing: string;
}

export interface DecoderJob {
  readonly abilities: RuntimeAbilities;
  open(onProgress: (fraction: number) => void): Promise<OpenDecoder>;
  readonly prompt: readonly number[];
  readonly newTokens: number;
  /** Warm generations. */
  readonly repeats: number;
  /** How tokens are drawn; null takes the largest score. */
  readonly draws: { readonly temperature: number; readonly seed: number } | null;
  /** What the scores are compared with, or why there is nothing. */
  readonly reference: ReferenceRun | NoReference;
  readonly rule: GateRule;
  /** Text of which the perplexity is taken, and the reference's on it; null for a model that was not trained. */
  readonly heldout: { readonly text: HeldoutText; readonly reference: number | null } | null;
  /** Bytes of JavaScript's heap in use; null where the platform does not tell: no browser tells a worker. */
  heapBytes(): number | null;
  /** Token ids to text; null where ids mean nothing. */
  readonly detokenise: Detokenise | null;
  /** What measures the power of the GPU, for the energy of a token. */
  readonly power?: PowerSource | undefined;
}

/** Fewer give a median no interval at 95 %. */
const FEWEST_GENERATIONS = 6;

/** Measures and verifies; the outcome has neither the cost nor the facts of the model itself. */
export async function runDecoder(job: DecoderJob, hooks: CaseHooks): Promise<CaseOutcome> {
  const { signal, phase } = hooks;
  phase('load', null);
  const decoder = await job.open((fraction) => phase('load', fraction));
  try {
    const atStart = decoder.gpuBytes();
    const times = await timeGenerations(decoder, job, hooks);
    const generations = [times.cold, ...times.warm].map((generation) => generation.tokens);
    const gpuBytes = decoder.gpuBytes();
    const heapBytes = job.heapBytes();
    phase('forced decoding', (job.repeats + 1) / (job.repeats + 2));
    const forced = await verify(decoder, job, signal);
    phase('timed tokens', null);
    const held = await holdTimedTokens(forced, decoder, job, generations, signal);
    const verification = await withHeldout(held, decoder, job, hooks);
    const operations = job.abilities.operationTimes ? await operationTimes(decoder, job, signal) : null;
    const failed = verification.state === 'failed';
    const energy = await energyOf(failed ? undefined : job.power, generationsOf(decoder, job, signal), hooks);
    return {
      state: failed ? 'failed' : 'ok',
      ...(failed ? { reason: `disagrees with ${referenceName(job)}: ${verification.detail?.split('\n', 1)[0]}` } : {}),
      verification,
      metrics: [
        ...decoderMetrics({ opening: decoder.opening, ...times }, job.prompt.length),
        ...memoryMetrics(gpuBytes, heapBytes),
        ...energy.metrics,
      ],
      ...(operations ? { operations } : {}),
      facts: {
        ...decoder.facts,
        promptTokens: job.prompt.length,
        newTokens: job.newTokens,
        warmGenerations: job.repeats,
        ...(job.draws ? { temperature: job.draws.temperature, drawSeed: job.draws.seed } : {}),
        tokensHash: streamOf(generations[0]!.join(' ')).toString(16).padStart(8, '0'),
        ...(job.detokenise ? { promptText: job.detokenise(job.prompt), text: job.detokenise(generations[0]!) } : {}),
        ...(decoder.stepBytes ? { stepBytes: decoder.stepBytes(job.prompt.length + job.newTokens / 2) } : {}),
        ...energy.facts,
        cannot: inabilities(job.abilities).join('; ') || 'nothing asked of it',
      },
      warnings: [
        ...missingReference(job.reference, job.prompt, job.newTokens),
        ...generationDoubts(generations, job.repeats),
        ...memoryDoubt(atStart, gpuBytes),
      ],
    };
  } finally {
    await decoder.close();
  }
}

/**
 * Text is told of only while the first generation runs, whose gaps are no samples: a message posted inside a timed gap would
 * be in the figure.
 */
async function timeGenerations(
  decoder: OpenDecoder,
  job: DecoderJob,
  { signal, phase, text }: CaseHooks,
): Promise<{ cold: Generation; warm: Generation[] }> {
  const { prompt, repeats, detokenise } = job;
  const request = requestOf(job, signal);
  phase('first generation', 0);
  const stream = text && detokenise ? createTextStream(prompt, detokenise, text) : null;
  const cold = await decoder.generate(stream ? { ...request, onToken: stream.onToken } : request);
  stream?.end(cold);
  const warm: Generation[] = [];
  while (warm.length < repeats) {
    phase(`generation ${warm.length + 1} of ${repeats}`, (warm.length + 1) / (repeats + 2));
    const generation = await decoder.generate(request);
    warm.push(generation);
    stream?.end(generation);
  }
  return { cold, warm };
}

async function verify(decoder: OpenDecoder, job: DecoderJob, signal: AbortSignal): Promise<VerificationOutcome> {
  const { reference, rule } = job;
  if ('missing' in reference) {
    const total = job.prompt.length + job.newTokens;
    return { state: 'none', rule: reference.missing, checked: 0, total, figures: {} };
  }
  const outcome = await verifyForced(decoder, { reference, rule, scores: job.abilities.scores, signal });
  const whole = reference.prompt.length === job.prompt.length && reference.tokens.length === job.newTokens;
  return whole ? outcome : { ...outcome, total: job.newTokens };
}

/** Adds what the timed tokens themselves say: a wrong one fails the case, whatever the forced ones were. */
async function holdTimedTokens(
  verification: VerificationOutcome,
  decoder: OpenDecoder,
  { reference, prompt, newTokens, rule, draws }: DecoderJob,
  generations: readonly (readonly number[])[],
  signal: AbortSignal,
): Promise<VerificationOutcome> {
  if (verification.state === 'failed') return verification;
  if (draws) {
    const { deviations, fault } = await checkDrawn(decoder, { prompt, newTokens, generations, ...draws, signal });
    const figures = { ...verification.figures, drawDeviations: deviations };
    return { ...verification, figures, ...(fault ? { state: 'failed', detail: fault } : {}) };
  }
  const whole = !('missing' in reference) && reference.prompt.length === prompt.length;
  const timed = { prompt, newTokens, generations, reference: whole ? reference : null, rule, signal };
  const { ownChoices, fault } = await checkTimedTokens(decoder, timed);
  const figures = ownChoices > 0 ? { ...verification.figures, ownChoices } : verification.figures;
  if (!fault) return { ...verification, figures };
  const { detail, firstWrong } = fault;
  return { ...verification, figures, state: 'failed', detail, ...(firstWrong ? { firstWrong } : {}) };
}

/** Perplexity is asked for once the logits are known to be right: of wrong ones it would only say that they are wrong. */
async function withHeldout(
  verification: VerificationOutcome,
  decoder: OpenDecoder,
  { heldout, rule }: DecoderJob,
  { signal, phase }: CaseHooks,
): Promise<VerificationOutcome> {
  if (!heldout || verification.state === 'failed') return verification;
  phase('held-out text', 0);
  const loss = await textLoss(decoder, heldout.text, signal, (fraction) => phase('held-out text', fraction));
  const { label } = heldout.text;
  return withPerplexity(verification, loss, { label, reference: heldout.reference, allowed: rule.perplexity });
}

/** A generation of the case, timed or not. */
function requestOf({ prompt, newTokens, draws }: DecoderJob, signal: AbortSignal): GenerationRequest {
  return { prompt, newTokens, sampling: draws ? { kind: 'temperature', ...draws } : { kind: 'greedy' }, signal };
}

function generationsOf(decoder: OpenDecoder, job: DecoderJob, signal: AbortSignal): EnergyWork {
  return {
    each: 'token',
    run: async () => (await decoder.generate(requestOf(job, signal))).tokens.length,
  };
}

/** Operations of a decode step at the context a generation ends with. */
async function operationTimes(
  decoder: OpenDecoder,
  { prompt, newTokens }: DecoderJob,
  signal: AbortSignal,
): Promise<OperationTime[] | null> {
  if (!decoder.timeOperations) return null;
  await decoder.generate({ prompt, newTokens, signal });
  return decoder.timeOperations();
}

function memoryMetrics(gpuBytes: number | null, heapBytes: number | null): MetricSamples[] {
  return [
    ...(gpuBytes === null ? [] : [heldBytes('gpu-memory', 'gpu-memory/own-allocations', gpuBytes)]),
    ...(heapBytes === null ? [] : [heldBytes('js-heap', 'js-heap/used', heapBytes)]),
  ];
}

/** What a runtime cannot do, in words. */
export function inabilities(abilities: RuntimeAbilities): string[] {
  return [
    ...(abilities.abort ? [] : ['stop a generation before its end']),
    ...(abilities.splitLoad ? [] : ['tell loading from getting ready']),
    ...(abilities.allLogits ? [] : ['give logits of a whole prompt']),
    ...(abilities.batch > 1 ? [] : ['decode several sequences at once']),
    ...(abilities.memory ? [] : ['tell what it holds on the GPU']),
    ...(abilities.operationTimes ? [] : ['time its operations']),
  ];
}

/** What is to be said of texts that differ, and of few of them. */
export function generationDoubts(generations: readonly (readonly number[])[], warm: number): Warning[] {
  const texts = new Set(generations.map((tokens) => tokens.join(' ')));
  const warnings: Warning[] = [];
  if (texts.size > 1) warnings.push({ name: 'not-repeatable', detail: `${texts.size} texts` });
  if (warm < FEWEST_GENERATIONS) warnings.push({ name: 'few-samples', detail: `${warm} generations` });
  return warnings;
}

function memoryDoubt(before: number | null, after: number | null): Warning[] {
  if (before === null || after === null || after <= before) return [];
  return [{ name: 'memory-grew', detail: `${before} bytes before, ${after} after` }];
}

/** What is to be said where nothing vouches for a model's answers, or only for a part of them. */
export function missingReference(
  reference: ReferenceRun | NoReference,
  { length }: readonly number[],
  newTokens: number,
): Warning[] {
  if ('missing' in reference) return [{ name: 'unverified-model', detail: reference.missing }];
  if (reference.prompt.length === length && reference.tokens.length === newTokens) return [];
  const detail = `${reference.prompt.length} prompt and ${reference.tokens.length} new tokens of ${length} and ${newTokens}`;
  return [{ name: 'partial-check', detail }];
}

function referenceName({ reference }: DecoderJob): string {
  return 'missing' in reference ? 'itself' : reference.name;
}
