// Produces what a tested decoder is compared with where f64 is too slow: greedy tokens and their logits from onnxruntime's
// wasm provider, in f32. Knows no timing.
import type { NoReference } from '../bench/decoder-run.ts';
import type { ReferenceRequest, ReferenceRun } from '../bench/forced-decoding.ts';
import { largest } from '../bench/generate.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { type DecoderModel, DecoderSession } from './decoder-session.ts';

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

async function decodeOnWasm(
  model: DecoderModel,
  { prompt, newTokens, signal }: ReferenceRequest,
): Promise<ReferenceRun> {
  const decoder = await DecoderSession.open('ort-wasm', model);
  try {
    const logits = [await decoder.feed(prompt)];
    const tokens = [largest(logits[0]!)];
    while (tokens.length < newTokens) {
      signal.throwIfAborted();
      const row = await decoder.feed([tokens.at(-1)!]);
      logits.push(row);
      tokens.push(largest(row));
    }
    return { name: "onnxruntime-web's wasm provider", prompt, tokens, logits };
  } finally {
    await decoder.close();
  }
}
