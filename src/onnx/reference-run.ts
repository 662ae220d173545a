// Produces what a tested decoder is compared with: greedy tokens and their logits, from onnxruntime's wasm provider or,
// for that provider itself, from the f64 decoder in TypeScript. Knows no timing.
import type { DecoderConfig } from '../../models/decoders.ts';
import { parameterCount } from '../../models/decoders.ts';
import { ReferenceDecoder } from '../../models/onnx/decoder-reference.ts';
import { readWeights } from '../../models/onnx/read-weights.ts';
import type { Graph } from '../../models/onnx/writer.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { type DecoderModel, DecoderSession } from './decoder-session.ts';
import type { ReferenceRun } from './forced-decoding.ts';
import { generate, largest } from './generate.ts';

export interface ReferenceRequest {
  readonly prompt: readonly number[];
  readonly newTokens: number;
  readonly signal: AbortSignal;
}

/** Why there is nothing to compare with. */
export interface NoReference {
  readonly missing: string;
}

/**
 * Greedy decoding by the wasm provider. A model it cannot hold or run is no error of the provider under test: then there is
 * no reference, and why. Rejects for bad input and when the signal ends it.
 */
export async function wasmReference(
  model: DecoderModel,
  request: ReferenceRequest,
): Promise<ReferenceRun | NoReference> {
  try {
    return await decodeOnWasm(model, request);
  } catch (error) {
    if (error instanceof UserError || request.signal.aborted) throw error;
    return { missing: `no wasm reference: ${messageOf(error)}` };
  }
}

async function decodeOnWasm(model: DecoderModel, request: ReferenceRequest): Promise<ReferenceRun> {
  const decoder = await DecoderSession.open('ort-wasm', model);
  try {
    const logits: Float32Array[] = [];
    const { tokens } = await generate(decoder, { ...request, onToken: (_, row) => logits.push(row) });
    return { name: "onnxruntime-web's wasm provider", prompt: request.prompt, tokens, logits };
  } finally {
    await decoder.close();
  }
}

/** Multiply-adds the f64 decoder may spend (about a second), and parameters it may hold as copies. */
const F64_MULTIPLY_ADDS = 1e9;
const F64_PARAMETERS = 2e8;

/**
 * Greedy decoding by the f64 decoder over as much of the prompt and as many tokens as its budget allows, at least one each;
 * null when the model is too large even for that.
 */
export async function f64Reference(
  config: DecoderConfig,
  graph: Graph,
  request: ReferenceRequest,
): Promise<ReferenceRun | null> {
  const parameters = parameterCount(config);
  const affordable = Math.floor(F64_MULTIPLY_ADDS / parameters);
  if (parameters > F64_PARAMETERS || affordable < 2) return null;
  const steps = Math.max(1, Math.min(request.newTokens, Math.floor(affordable / 2)));
  const prompt = request.prompt.slice(0, Math.max(1, affordable - steps));
  const decoder = new ReferenceDecoder(config, await readWeights(graph), prompt.length + steps);
  let row: Float64Array = new Float64Array();
  for (const token of prompt) row = decoder.next(token);
  const logits = [Float32Array.from(row)];
  const tokens = [largest(logits[0]!)];
  while (tokens.length < steps) {
    request.signal.throwIfAborted();
    const next = Float32Array.from(decoder.next(tokens.at(-1)!));
    logits.push(next);
    tokens.push(largest(next));
  }
  return { name: 'the f64 decoder', prompt, tokens, logits };
}
