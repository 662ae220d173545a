// Runs several sequences at once on one runtime: how long a step takes, what all of them make of it together, and whether each
// writes what it would write alone. Knows no model.
import type { Warning } from '../core/warnings.ts';
import { perSecond, wall } from './decoder-metrics.ts';
import { generationDoubts, missingReference, type NoReference } from './decoder-run.ts';
import type { BatchGeneration, OpenDecoder } from './decoder-runtime.ts';
import { energyOf, type PowerSource } from './energy.ts';
import type { ReferenceRun } from './forced-decoding.ts';
import type { GateRule } from './gate-rule.ts';
import type { CaseHooks, CaseOutcome, MetricSamples, VerificationOutcome } from './outcome.ts';
import { checkTimedTokens, stepsAlike } from './timed-tokens.ts';

export interface BatchJob {
  open(onProgress: (fraction: number) => void): Promise<OpenDecoder>;
  readonly batch: number;
  readonly newTokens: number;
  /** Warm generations. */
  readonly repeats: number;
  /** Sequences take these in turn, so that neighbours differ; each with its reference, or why there is none. */
  readonly prompts: readonly { readonly tokens: readonly number[]; readonly reference: ReferenceRun | NoReference }[];
  readonly rule: GateRule;
  /** What measures the power of the GPU, for the energy of a token. */
  readonly power?: PowerSource | undefined;
}

export async function runBatch(job: BatchJob, hooks: CaseHooks): Promise<CaseOutcome> {
  const { batch, newTokens, repeats } = job;
  const { signal, phase } = hooks;
  phase('load', null);
  const decoder = await job.open((fraction) => phase('load', fraction));
  try {
    if (!decoder.generateBatch) throw new Error('this runtime decodes one sequence at a time');
    const prompts = Array.from({ length: batch }, (_, i) => job.prompts[i % job.prompts.length]!.tokens);
    const generations: BatchGeneration[] = [];
    while (generations.length <= repeats) {
      phase(`batch of ${batch}`, generations.length / (repeats + 1));
      generations.push(await decoder.generateBatch({ prompts, newTokens, signal }));
    }
    phase('check', 1);
    const verification = await compareSequences(decoder, job, generations, signal);
    const failed = verification.state === 'failed';
    const work = async (): Promise<number> =>
      (await decoder.generateBatch!({ prompts, newTokens, signal })).tokens.reduce((sum, text) => sum + text.length, 0);
    const energy = await energyOf(failed ? undefined : job.power, { each: 'token', run: work }, hooks);
    return {
      state: failed ? 'failed' : 'ok',
      ...(failed ? { reason: `a sequence of the batch is wrong: ${verification.detail}` } : {}),
      verification,
      metrics: [...batchMetrics(generations, batch), ...energy.metrics],
      facts: {
        ...decoder.facts,
        ...{ promptTokens: prompts[0]!.length, newTokens, warmGenerations: repeats, batch },
        ...(decoder.stepBytes ? { stepBytes: decoder.stepBytes(prompts[0]!.length + newTokens / 2) } : {}),
        gpuBytes: decoder.gpuBytes() ?? 0,
        ...energy.facts,
      },
      warnings: batchDoubts(job, generations),
    };
  } finally {
    await decoder.close();
  }
}

type Fault = Pick<VerificationOutcome, 'detail' | 'firstWrong'>;

const RULE =
  'every sequence’s greedy tokens are those of the reference that decodes it alone, or behind a near-tie its own scores’ choice';

/**
 * Every token of every sequence of every generation: those of equal prompts with each other, then each text with its
 * reference as far as that goes, and from there on with the scores of the decoder alone.
 */
async function compareSequences(
  decoder: OpenDecoder,
  job: BatchJob,
  generations: readonly BatchGeneration[],
  signal: AbortSignal,
): Promise<VerificationOutcome> {
  const { prompts, batch, newTokens, rule } = job;
  const all = generations.flatMap(({ tokens }) => tokens);
  let fault = unequalTwins(generations, prompts.length);
  let [compared, agreeing, ownChoices] = [0, 0, 0];
  for (const [turn, { tokens: prompt, reference }] of prompts.entries()) {
    const texts = all.filter((_, i) => (i % batch) % prompts.length === turn);
    const whole = 'missing' in reference || reference.prompt.length < prompt.length ? null : reference;
    const known = whole?.tokens.slice(0, newTokens) ?? [];
    compared += texts.length * known.length;
    agreeing += texts.reduce((sum, text) => sum + stepsAlike(text, known), 0);
    if (fault) continue;
    const found = await checkTimedTokens(decoder, {
      prompt,
      newTokens,
      generations: texts,
      reference: whole,
      rule,
      signal,
    });
    ownChoices += found.ownChoices;
    if (found.fault) {
      const { detail, tokens, firstWrong } = found.fault;
      fault = { detail: `sequence ${all.indexOf(tokens) % batch}, ${detail}`, ...(firstWrong ? { firstWrong } : {}) };
    }
  }
  const missing = prompts.flatMap(({ reference }) => ('missing' in reference ? [reference.missing] : []));
  return {
    state: fault ? 'failed' : compared > 0 ? 'passed' : 'none',
    rule: compared > 0 ? RULE : (missing[0] ?? RULE),
    checked: compared / generations.length,
    total: batch * newTokens,
    figures: {
      ...(compared > 0 ? { topAgreement: agreeing / compared } : {}),
      ...(ownChoices > 0 ? { ownChoices } : {}),
    },
    ...fault,
  };
}

/** Rows of a batch are computed alike, so that equal prompts give equal tokens to the last. */
function unequalTwins(generations: readonly BatchGeneration[], turns: number): Fault | null {
  for (const { tokens } of generations) {
    for (const [sequence, own] of tokens.entries()) {
      const twin = tokens[sequence % turns]!;
      const step = own.findIndex((token, i) => token !== twin[i]);
      if (step < 0) continue;
      const of = `sequence ${sequence % turns} of the same prompt`;
      return { detail: `sequence ${sequence}, step ${step}: token ${own[step]}, ${of} ${twin[step]}` };
    }
  }
  return null;
}

function batchDoubts({ prompts, newTokens, repeats }: BatchJob, generations: readonly BatchGeneration[]): Warning[] {
  const doubts = prompts.flatMap(({ tokens, reference }) => missingReference(reference, tokens, newTokens));
  const unverified = prompts.every(({ reference }) => 'missing' in reference);
  const whole = generations.map(({ tokens }) => tokens.flat());
  return [
    ...doubts
      .slice(0, 1)
      .map(({ detail }) => ({ name: unverified ? 'unverified-model' : 'partial-check', detail }) as const),
    ...generationDoubts(whole, repeats),
  ];
}

function batchMetrics([cold, ...warm]: readonly BatchGeneration[], batch: number): MetricSamples[] {
  const steps = cold!.gapsNs.length;
  const rate = ({ gapsNs }: BatchGeneration): number =>
    (batch * steps * 1e9) / gapsNs.reduce((sum, gap) => sum + gap, 0);
  return [
    wall(
      'ttft',
      'ttft/batch',
      warm.map(({ ttftNs }) => ttftNs),
      [cold!.ttftNs],
    ),
    wall(
      'gap',
      'gap/batch-step',
      warm.flatMap(({ gapsNs }) => gapsNs),
      [...cold!.gapsNs],
    ),
    perSecond('decode-rate', 'decode-rate/batch-sum', batch * steps, [warm.map(rate), [rate(cold!)]]),
  ];
}
