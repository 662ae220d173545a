// Runs several sequences at once on one runtime: how long a step takes, what all of them make of it together, and whether each
// writes what it would write alone. Knows no model.
import { perSecond, wall } from './decoder-metrics.ts';
import type { NoReference } from './decoder-run.ts';
import type { BatchGeneration, OpenDecoder } from './decoder-runtime.ts';
import type { ReferenceRun } from './forced-decoding.ts';
import type { CaseHooks, CaseOutcome, MetricSamples, VerificationOutcome } from './outcome.ts';

export interface BatchJob {
  open(onProgress: (fraction: number) => void): Promise<OpenDecoder>;
  readonly batch: number;
  readonly newTokens: number;
  /** Warm generations. */
  readonly repeats: number;
  /** Sequences take these in turn, so that neighbours differ; each with its reference, or why there is none. */
  readonly prompts: readonly { readonly tokens: readonly number[]; readonly reference: ReferenceRun | NoReference }[];
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
    const verification = compareSequences(job, generations);
    const failed = verification.state === 'failed';
    return {
      state: failed ? 'failed' : 'ok',
      ...(failed ? { reason: `a sequence of the batch differs from itself alone: ${verification.detail}` } : {}),
      verification,
      metrics: batchMetrics(generations, batch),
      facts: {
        ...decoder.facts,
        ...{ promptTokens: prompts[0]!.length, newTokens, warmGenerations: repeats, batch },
        ...(decoder.stepBytes ? { stepBytes: decoder.stepBytes(prompts[0]!.length + newTokens / 2) } : {}),
        gpuBytes: decoder.gpuBytes() ?? 0,
      },
      warnings: [],
    };
  } finally {
    await decoder.close();
  }
}

/** Every token of every sequence of every generation. */
function compareSequences(
  { prompts, batch, newTokens }: BatchJob,
  generations: readonly BatchGeneration[],
): VerificationOutcome {
  const total = batch * newTokens;
  const rule = 'every sequence’s greedy tokens are those of the reference that decodes it alone';
  const missing = prompts.map(({ reference }) => reference).find((reference) => 'missing' in reference);
  if (missing && 'missing' in missing) return { state: 'none', rule: missing.missing, checked: 0, total, figures: {} };
  let agreeing = 0;
  let first: { sequence: number; step: number; token: number; reference: number } | null = null;
  for (const { tokens } of generations) {
    for (const [sequence, own] of tokens.entries()) {
      const { reference } = prompts[sequence % prompts.length]!;
      if ('missing' in reference) continue;
      const step = own.findIndex((token, i) => token !== reference.tokens[i]);
      agreeing += step < 0 ? own.length : step;
      if (step >= 0) first ??= { sequence, step, token: own[step]!, reference: reference.tokens[step]! };
    }
  }
  const all = total * generations.length;
  return {
    state: first ? 'failed' : 'passed',
    rule,
    checked: total,
    total,
    figures: { topAgreement: agreeing / all },
    ...(first
      ? {
          detail: `sequence ${first.sequence}, step ${first.step}: token ${first.token}, reference ${first.reference}`,
          firstWrong: { step: first.step, token: first.token, reference: first.reference, margin: 0 },
        }
      : {}),
  };
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
