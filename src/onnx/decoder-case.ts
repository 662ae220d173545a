// Measures one decoder case of the suites: its file is written here, run, verified and described. Knows no other model.
import { activationBytes, decodeCost, weightBytes } from '../../models/decoder-cost.ts';
import { parameterCount } from '../../models/decoders.ts';
import { buildDecoderGraph } from '../../models/onnx/decoder-graph.ts';
import { drawnFills } from '../../models/onnx/weight-fills.ts';
import { type Graph, writeModel } from '../../models/onnx/writer.ts';
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import { messageOf } from '../core/errors.ts';
import { decoderIoOf } from './decoder-io.ts';
import { type DecoderJob, runDecoder } from './decoder-run.ts';
import type { DecoderModel } from './decoder-session.ts';
import { LOGIT_TOLERANCE } from './forced-decoding.ts';
import { seededPrompt } from './generate.ts';
import { limitReason, wasmReason } from './limits.ts';
import { f64Reference, wasmReference } from './reference-run.ts';
import type { DecoderRequest } from './requests.ts';

/** Resolves with a skipped outcome where a limit forbids the case; rejects when the signal ends it. */
export async function runDecoderCase(request: DecoderRequest, hooks: CaseHooks): Promise<CaseOutcome> {
  const { config, type, attention, seed, prompt, newTokens } = request;
  const reason = limitReason(request);
  if (reason) return skipped(reason);
  hooks.phase('write model', null);
  const positions = prompt + newTokens;
  const graph = buildDecoderGraph(config, { type, attention, weights: drawnFills(seed), positions });
  const model = await writeDecoder(request, graph);
  if (typeof model === 'string') return skipped(model);
  hooks.phase('reference', null);
  const tokens = seededPrompt(seed, prompt, config.vocab);
  const outcome = await runDecoder(
    {
      ...{ runtime: request.runtime, model, prompt: tokens, newTokens, repeats: request.repeats },
      reference: await referenceFor(request, graph, model, tokens, hooks.signal),
      tolerance: LOGIT_TOLERANCE[type],
      nodes: graph.nodes.length,
    },
    hooks,
  );
  // A decode step halfway through the new tokens stands for all of them: cost grows by a constant per token.
  const cost = decodeCost(config, type, prompt + newTokens / 2);
  const dispatches = outcome.facts.dispatchesPerRun;
  return {
    ...outcome,
    cost: { ...cost, ...(typeof dispatches === 'number' ? { dispatches } : {}) },
    facts: {
      ...outcome.facts,
      model: config.name,
      shapeSource: config.source,
      weights: 'random, seeded',
      parameters: parameterCount(config),
      modelBytes: weightBytes(config, type),
      activationBytes: activationBytes(type),
    },
  };
}

/** The written model, or why there is no room for it. */
async function writeDecoder({ config, type }: DecoderRequest, graph: Graph): Promise<DecoderModel | string> {
  try {
    return { name: config.name, opsets: graph.opsets, io: decoderIoOf(config, type), ...(await writeModel(graph)) };
  } catch (error) {
    if (error instanceof RangeError) return messageOf(error);
    throw error;
  }
}

async function referenceFor(
  request: DecoderRequest,
  graph: Graph,
  model: DecoderModel,
  prompt: readonly number[],
  signal: AbortSignal,
): Promise<DecoderJob['reference']> {
  const { config, type, newTokens } = request;
  const wanted = { prompt, newTokens, signal };
  if (request.runtime === 'ort-wasm') {
    return (
      (await f64Reference(config, graph, wanted)) ?? { missing: `${config.name} is too large for the f64 decoder` }
    );
  }
  const reason = wasmReason(config, type);
  return reason ? { missing: `no wasm reference: ${reason}` } : wasmReference(model, wanted);
}

function skipped(reason: string): CaseOutcome {
  return { state: 'skipped', reason, metrics: [], facts: {}, warnings: [] };
}
