// Runs one decoder on one provider: cold and warm generations, forced decoding, placement. The same steps for a file this
// project wrote and for anyone's export. Knows no config.

import type { ModelRuntime } from '../../models/decoder-cases.ts';
import type { CaseHooks, CaseOutcome, MetricSamples, VerificationOutcome } from '../bench/outcome.ts';
import { streamOf } from '../core/rng.ts';
import type { Warning } from '../core/warnings.ts';
import { decoderMetrics } from './decoder-metrics.ts';
import { type DecoderModel, DecoderSession } from './decoder-session.ts';
import { findPlacement } from './find-placement.ts';
import { type ReferenceRun, verifyForced } from './forced-decoding.ts';
import { type Generation, generate, toNs } from './generate.ts';
import type { Placement } from './placement.ts';
import type { NoReference } from './reference-run.ts';
import { adapterOf, loadRuntime } from './runtime.ts';

export interface DecoderJob {
  readonly runtime: ModelRuntime;
  readonly model: DecoderModel;
  readonly prompt: readonly number[];
  readonly newTokens: number;
  /** Warm generations. */
  readonly repeats: number;
  /** What the logits are compared with, or why there is nothing. */
  readonly reference: ReferenceRun | NoReference;
  /** Allowed |Δlogit| / rms. */
  readonly tolerance: number;
  /** Nodes of the graph as the file has them. */
  readonly nodes: number;
}

/** Fewer give a median no interval at 95 %. */
const FEWEST_GENERATIONS = 6;

/** Measures and verifies; the outcome has neither the cost nor the facts of the model itself. */
export async function runDecoder(job: DecoderJob, hooks: CaseHooks): Promise<CaseOutcome> {
  const ort = await loadRuntime(job.runtime);
  const measured = await measure(job, hooks);
  const placement = job.runtime === 'ort-webgpu' ? await findDecoderPlacement(job, hooks) : null;
  const { verification } = measured;
  const warnings = [...missingReference(job), ...measured.warnings, ...(placement?.warnings ?? [])];
  const gpuAdapter = job.runtime === 'ort-webgpu' ? await adapterOf(ort) : null;
  return {
    state: verification.state === 'failed' ? 'failed' : 'ok',
    ...(verification.state === 'failed'
      ? { reason: `disagrees with ${referenceName(job)}: ${verification.detail?.replace('\n', '; ')}` }
      : {}),
    verification,
    metrics: measured.metrics,
    ...(placement ? { placement: placement.outcome } : {}),
    facts: {
      runtime: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`,
      threads: ort.env.wasm.numThreads ?? 1,
      promptTokens: job.prompt.length,
      newTokens: job.newTokens,
      warmGenerations: job.repeats,
      tokensHash: measured.tokensHash,
      ...(gpuAdapter ? { gpuAdapter } : {}),
      ...(placement ? { placementMethod: placement.method } : {}),
      ...(placement?.dispatchesPerRun ? { dispatchesPerRun: placement.dispatchesPerRun } : {}),
    },
    warnings,
  };
}

interface Measured {
  readonly metrics: MetricSamples[];
  readonly verification: VerificationOutcome;
  /** Of the generated tokens, so that two files can be told to have made the same text. */
  readonly tokensHash: string;
  readonly warnings: readonly Warning[];
}

async function measure(job: DecoderJob, { signal, phase }: CaseHooks): Promise<Measured> {
  phase('load', null);
  const start = performance.now();
  const decoder = await DecoderSession.open(job.runtime, job.model);
  const loadNs = toNs(performance.now() - start);
  try {
    const once = (): Promise<Generation> => generate(decoder, { prompt: job.prompt, newTokens: job.newTokens, signal });
    phase('first generation', 0);
    const cold = await once();
    const warm: Generation[] = [];
    while (warm.length < job.repeats) {
      phase(`generation ${warm.length + 1} of ${job.repeats}`, (warm.length + 1) / (job.repeats + 2));
      warm.push(await once());
    }
    phase('forced decoding', (job.repeats + 1) / (job.repeats + 2));
    const generations = [cold, ...warm].map((generation) => generation.tokens);
    return {
      metrics: decoderMetrics({ loadNs, cold, warm }, job.prompt.length),
      verification: holdToReference(await verify(decoder, job, signal), job, generations),
      tokensHash: streamOf(generations[0]!.join(' ')).toString(16).padStart(8, '0'),
      warnings: generationDoubts(generations, warm.length),
    };
  } finally {
    await decoder.close();
  }
}

async function verify(decoder: DecoderSession, job: DecoderJob, signal: AbortSignal): Promise<VerificationOutcome> {
  const { reference } = job;
  const total = job.prompt.length + job.newTokens;
  if ('missing' in reference) {
    return { state: 'none', rule: reference.missing, checked: 0, total, figures: {} };
  }
  const outcome = await verifyForced(decoder, reference, job.tolerance, signal);
  const whole = reference.prompt.length === job.prompt.length && reference.tokens.length === job.newTokens;
  return whole ? outcome : { ...outcome, total: job.newTokens };
}

/**
 * Forced decoding looks at the model, this at the very tokens that were timed: where every step chose the reference's token,
 * a free run must give the reference's text.
 */
function holdToReference(
  verification: VerificationOutcome,
  { reference, prompt }: DecoderJob,
  generations: readonly (readonly number[])[],
): VerificationOutcome {
  if ('missing' in reference || verification.state !== 'passed' || verification.figures.topAgreement !== 1) {
    return verification;
  }
  // A reference of a part of the prompt says nothing of what follows the whole.
  if (reference.prompt.length !== prompt.length) return verification;
  for (const tokens of generations) {
    const step = reference.tokens.findIndex((token, i) => tokens[i] !== token);
    if (step < 0) continue;
    const detail = `step ${step}: a timed generation gave token ${tokens[step]}, reference ${reference.tokens[step]}`;
    return { ...verification, state: 'failed', detail };
  }
  return verification;
}

function generationDoubts(generations: readonly (readonly number[])[], warm: number): Warning[] {
  const texts = new Set(generations.map((tokens) => tokens.join(' ')));
  const warnings: Warning[] = [];
  if (texts.size > 1) warnings.push({ name: 'not-repeatable', detail: `${texts.size} texts` });
  if (warm < FEWEST_GENERATIONS) warnings.push({ name: 'few-samples', detail: `${warm} generations` });
  return warnings;
}

/** The profiler slows every run, so that it looks at a session of its own: the prompt and two tokens. */
function findDecoderPlacement(job: DecoderJob, { signal, phase }: CaseHooks): Promise<Placement> {
  phase('placement', null);
  return findPlacement(job.nodes, {
    open: (options) => DecoderSession.open(job.runtime, job.model, options),
    run: async (decoder) => {
      await generate(decoder, { prompt: job.prompt, newTokens: 3, signal });
      return 3;
    },
  });
}

function missingReference({ reference, prompt, newTokens }: DecoderJob): Warning[] {
  if ('missing' in reference) return [{ name: 'unverified-model', detail: reference.missing }];
  if (reference.prompt.length === prompt.length && reference.tokens.length === newTokens) return [];
  const detail = `${reference.prompt.length} prompt and ${reference.tokens.length} new tokens of ${prompt.length} and ${newTokens}`;
  return [{ name: 'partial-check', detail }];
}

function referenceName({ reference }: DecoderJob): string {
  return 'missing' in reference ? 'no reference' : reference.name;
}
