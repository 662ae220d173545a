// llama-bench's tests as cases that a session can run, in any lane. The gate is the decoders' own, on a short prompt.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import { weightBytes } from '../../models/decoder-cost.ts';
import { parameterCount } from '../../models/decoders.ts';
import {
  acceptsLlamaBenchId,
  type LlamaBenchCase,
  listLlamaBenchCases,
  llamaBenchCost,
  parseLlamaBenchCase,
} from '../../models/llama-bench-cases.ts';
import { type ReferenceRun, verifyForced } from '../bench/forced-decoding.ts';
import { GATE_RULES } from '../bench/gate-rule.ts';
import { timeLlamaBench } from '../bench/llama-bench-run.ts';
import { type CaseHooks, type CaseOutcome, unmeasured, type VerificationOutcome } from '../bench/outcome.ts';
import type { Options } from '../core/options.ts';
import type { Warning } from '../core/warnings.ts';
import type { CaseKind } from './case-kind.ts';
import { prepareOrReason, referenceFor, skippedAtLimit } from './decoder-case.ts';
import { DECODER_SHARE, onSameAdapter } from './decoder-cases.ts';
import { configOf, type DecoderModel, loadDecoderModel } from './decoder-model.ts';
import type { DecoderLane, PreparedDecoder } from './decoder-runtimes.ts';
import { decoderSeconds, speedsOf } from './estimate.ts';
import type { Machine } from './machine.ts';
import { createReferences, type References } from './references.ts';
import type { SessionCase } from './run-session.ts';

/** llama-bench's default number of repetitions. */
const REPETITIONS = 5;
/** Prompt and steps of the check. */
const CHECKED = { prompt: 16, newTokens: 4 } as const;

export function llamaBenchCases(lane: DecoderLane): CaseKind {
  const references = createReferences();
  return {
    prefix: 'llama-bench/',
    list: () => listLlamaBenchCases().filter(({ id }) => lane.missing(parseLlamaBenchCase(id).runtime) === null),
    accepts: acceptsLlamaBenchId,
    toCase: (id, machine, options) => llamaBenchCase(id, machine, options, lane, references),
  };
}

function llamaBenchCase(
  id: string,
  machine: Machine,
  options: Options,
  lane: DecoderLane,
  references: References,
): SessionCase {
  const item = parseLlamaBenchCase(id);
  const config = configOf(item);
  const repetitions = options.samples || REPETITIONS;
  const { isSoftware } = machine.adapter;
  return {
    id,
    kind: 'decoder',
    knownFault: null,
    budgetShare: DECODER_SHARE,
    estimate: (rows) => {
      const cost = llamaBenchCost(config, item);
      const passes = (repetitions + 1) * (item.test === 'pp' ? 1 : item.tokens);
      const tokens = (repetitions + 1) * item.tokens;
      return decoderSeconds(
        {
          ...{ flops: tokens * cost.flops, bytes: tokens * cost.bytes, runs: passes },
          weightBytes: weightBytes(config, item.type),
          dispatches: item.runtime === 'ort-webgpu' ? passes * (config.layers * 25 + 20) : 0,
          referenceFlops: 40 * parameterCount(config),
        },
        item.runtime,
        isSoftware,
        speedsOf(rows, isSoftware),
      );
    },
    run: async (current, hooks) => {
      const request = { item, repetitions, lane, machine: current, references, seed: options.seed };
      return onSameAdapter(await skippedAtLimit(() => runLlamaBench(request, hooks)), current);
    },
  };
}

interface Request {
  readonly item: LlamaBenchCase;
  readonly repetitions: number;
  readonly lane: DecoderLane;
  readonly machine: Machine;
  readonly references: References;
  readonly seed: number;
}

async function runLlamaBench(request: Request, hooks: CaseHooks): Promise<CaseOutcome> {
  const { item, lane, machine, seed, repetitions } = request;
  const config = configOf(item);
  const asDecoder: DecoderCase = {
    ...{ runtime: item.runtime, model: item.model, type: item.type, attention: item.attention, heldout: 1, batch: 1 },
    temperature: 0,
    ...{ prompt: Math.max(item.tokens, CHECKED.prompt), newTokens: CHECKED.newTokens },
  };
  const reason = lane.missing(item.runtime) ?? lane.limit(asDecoder, config, machine);
  if (reason) return unmeasured('skipped', reason);
  hooks.phase('model', null);
  const model = await loadDecoderModel(item, seed, lane.openTiny);
  const prepared = await prepareOrReason({ lane, item: asDecoder, machine }, model);
  if (typeof prepared === 'string') return unmeasured('skipped', prepared);
  const decoder = await prepared.open((fraction) => hooks.phase('load', fraction));
  try {
    const tokens = model.prompt(item.tokens);
    const metrics = await timeLlamaBench(decoder, { test: item.test, tokens, repetitions }, hooks);
    hooks.phase('forced decoding', null);
    const { verification, doubts } = await check(request, asDecoder, model, prepared, decoder, hooks.signal);
    const failed = verification.state === 'failed';
    return {
      state: failed ? 'failed' : 'ok',
      ...(failed ? { reason: `disagrees with its reference: ${verification.detail?.replaceAll('\n', '; ')}` } : {}),
      verification,
      metrics,
      cost: llamaBenchCost(config, item),
      facts: {
        ...decoder.facts,
        ...{ model: model.name, weights: model.origin, parameters: parameterCount(config) },
        ...{ modelBytes: weightBytes(config, item.type), promptTokens: item.test === 'pp' ? item.tokens : 0 },
        newTokens: item.test === 'tg' ? item.tokens : 0,
      },
      warnings: [
        ...doubts,
        ...(repetitions < 6 ? [{ name: 'few-samples' as const, detail: `${repetitions} repetitions` }] : []),
      ],
    };
  } finally {
    await decoder.close();
  }
}

async function check(
  { references, item }: Request,
  asDecoder: DecoderCase,
  model: DecoderModel,
  prepared: PreparedDecoder,
  decoder: Awaited<ReturnType<PreparedDecoder['open']>>,
  signal: AbortSignal,
): Promise<{ verification: VerificationOutcome; doubts: Warning[] }> {
  const prompt = model.prompt(CHECKED.prompt);
  const reference = await referenceFor({ item: asDecoder, references }, model, prepared, prompt, signal);
  if ('missing' in reference) {
    const { missing } = reference;
    return {
      verification: { state: 'none', rule: missing, checked: 0, total: CHECKED.newTokens, figures: {} },
      doubts: [{ name: 'unverified-model', detail: missing }],
    };
  }
  const { scores } = prepared.abilities;
  const verification = await verifyForced(decoder, { reference, rule: GATE_RULES[item.type], scores, signal });
  return { verification, doubts: untimedCheck(item, reference) };
}

/** Only a prompt of the very length that is timed is checked as it is timed. */
function untimedCheck({ test, tokens }: LlamaBenchCase, reference: ReferenceRun): Warning[] {
  const checked = reference.prompt.length;
  if (test === 'pp' && tokens === checked) return [];
  const timed = test === 'pp' ? `a prompt of ${tokens}` : `${tokens} tokens one by one`;
  const detail = `checked: a prompt of ${checked} and ${reference.tokens.length} new tokens; timed: ${timed}`;
  return [{ name: 'partial-check', detail }];
}
