// Measures one decoder case on one runtime: its model is loaded or made, run, gated and described. The same in a browser and
// in Node. Knows no runtime of its own.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import { activationBytes, batchedCost, weightBytes } from '../../models/decoder-cost.ts';
import { parameterCount } from '../../models/decoders.ts';
import { type BatchJob, runBatch } from '../bench/batch-run.ts';
import { type DecoderJob, runDecoder } from '../bench/decoder-run.ts';
import { GATE_RULES } from '../bench/gate-rule.ts';
import { type CaseHooks, type CaseOutcome, unmeasured } from '../bench/outcome.ts';
import { LimitError, messageOf } from '../core/errors.ts';
import { configOf, type DecoderModel, loadDecoderModel } from './decoder-model.ts';
import type { DecoderLane, PreparedDecoder } from './decoder-runtimes.ts';
import { f64Perplexity, f64Reference, f64Suffices } from './f64-reference.ts';
import type { Machine } from './machine.ts';
import type { References } from './references.ts';

export interface DecoderCaseRequest {
  readonly item: DecoderCase;
  /** Already loaded, e.g. from a file; otherwise the case names it. */
  readonly model?: DecoderModel;
  readonly seed: number;
  /** Warm generations measured, after one cold one. */
  readonly repeats: number;
  readonly lane: DecoderLane;
  readonly machine: Machine;
  /** What was already computed for other cases of the session. */
  readonly references: References;
}

/** Resolves with a skipped outcome where a limit forbids the case; rejects when the signal ends it. */
export function runDecoderCase(request: DecoderCaseRequest, hooks: CaseHooks): Promise<CaseOutcome> {
  return skippedAtLimit(() => runWithinLimits(request, hooks));
}

/** A limit that shows only while a runtime opens skips the case like one found ahead. */
export async function skippedAtLimit(run: () => Promise<CaseOutcome>): Promise<CaseOutcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LimitError) return unmeasured('skipped', error.message);
    throw error;
  }
}

async function runWithinLimits(request: DecoderCaseRequest, hooks: CaseHooks): Promise<CaseOutcome> {
  const { item, lane, machine, seed } = request;
  const reason = lane.missing(item.runtime) ?? lane.limit(item, request.model?.config ?? configOf(item), machine);
  if (reason) return unmeasured('skipped', reason);
  hooks.phase('model', null);
  const model = request.model ?? (await loadDecoderModel(item, seed, lane.openTiny));
  const prepared = await prepareOrReason(request, model);
  if (typeof prepared === 'string') return unmeasured('skipped', prepared);
  hooks.phase('reference', null);
  const prompt = model.prompt(item.prompt);
  if (item.batch > 1) {
    return described(await runBatchCase(request, model, prepared, hooks), item, model);
  }
  const outcome = await runDecoder(
    {
      ...prepared,
      ...{ prompt, newTokens: item.newTokens, repeats: request.repeats },
      draws: item.temperature > 0 ? { temperature: item.temperature, seed } : null,
      reference: await referenceFor(request, model, prepared, prompt, hooks.signal),
      rule: GATE_RULES[item.type],
      heldout: await heldoutFor(request, model, hooks.signal),
      detokenise: model.detokenise,
      heapBytes: request.lane.heapBytes,
      power: machine.power,
    },
    hooks,
  );
  return described(outcome, item, model, await prepared.inspect?.(prompt, hooks));
}

/** Two prompts in turn: the case's own, and the same tokens backwards. */
async function runBatchCase(
  request: DecoderCaseRequest,
  model: DecoderModel,
  prepared: PreparedDecoder,
  hooks: CaseHooks,
): Promise<CaseOutcome> {
  const { item, repeats, machine } = request;
  const prompt = model.prompt(item.prompt);
  const prompts: BatchJob['prompts'][number][] = [];
  for (const tokens of [prompt, prompt.toReversed()]) {
    prompts.push({ tokens, reference: await referenceFor(request, model, prepared, tokens, hooks.signal) });
  }
  const { batch, newTokens } = item;
  const { power } = machine;
  return runBatch(
    { open: prepared.open, batch, newTokens, repeats, prompts, rule: GATE_RULES[item.type], power },
    hooks,
  );
}

/** A string says why there is no memory for the model. */
export async function prepareOrReason(
  { lane, item, machine }: Pick<DecoderCaseRequest, 'lane' | 'item' | 'machine'>,
  model: DecoderModel,
): Promise<PreparedDecoder | string> {
  try {
    return await lane.prepare(item, model, machine);
  } catch (error) {
    if (error instanceof RangeError) return messageOf(error);
    throw error;
  }
}

/** The f64 decoder where it can follow the whole generation, else the lane's own in f32, else as much as f64 can. */
export function referenceFor(
  { item, references }: Pick<DecoderCaseRequest, 'item' | 'references'>,
  model: DecoderModel,
  prepared: PreparedDecoder,
  prompt: readonly number[],
  signal: AbortSignal,
): Promise<DecoderJob['reference']> {
  const { newTokens } = item;
  const request = { prompt, newTokens, signal };
  const inF64 = f64Suffices(model.config, prompt.length + newTokens) || !prepared.reference;
  const key = [model.key, prompt.join(' '), newTokens, inF64 ? 'f64' : item.attention].join(' ');
  return references.get(key, async () => {
    if (!inF64) return prepared.reference!(request);
    const run = await f64Reference(model.weights, request);
    return run ?? { missing: `${model.name} is too large for the f64 decoder` };
  });
}

async function heldoutFor(
  { item, references }: DecoderCaseRequest,
  model: DecoderModel,
  signal: AbortSignal,
): Promise<DecoderJob['heldout']> {
  const text = await model.heldout(item.heldout);
  if (!text) return null;
  const key = [model.key, 'held out', item.heldout].join(' ');
  return { text, reference: await references.get(key, () => f64Perplexity(model.weights, text, signal)) };
}

function described(
  outcome: CaseOutcome,
  { prompt, newTokens, type, batch }: DecoderCase,
  { config, name, origin, fileBytes }: DecoderModel,
  seen: Awaited<ReturnType<NonNullable<PreparedDecoder['inspect']>>> = {},
): CaseOutcome {
  // A decode step halfway through the new tokens stands for all of them: cost grows by a constant per token.
  const cost = batchedCost(config, type, prompt + newTokens / 2, batch);
  const { stepBytes, ...facts } = { ...outcome.facts, ...seen.facts };
  // What a runtime counts of itself is nearer to what it moves than what the shape says.
  const bytes = typeof stepBytes === 'number' ? stepBytes / batch : cost.bytes;
  return {
    ...outcome,
    cost: {
      ...cost,
      bytes,
      ...(typeof facts.dispatchesPerRun === 'number' ? { dispatches: facts.dispatchesPerRun } : {}),
    },
    ...(seen.placement ? { placement: seen.placement } : {}),
    facts: {
      ...facts,
      model: name,
      shapeSource: config.source,
      weights: origin,
      parameters: parameterCount(config),
      modelBytes: fileBytes ?? weightBytes(config, type),
      activationBytes: activationBytes(type),
    },
    warnings: [...outcome.warnings, ...(seen.warnings ?? [])],
  };
}
