// A decoder made ready for onnxruntime-web: its graph is written from the model's weights. Knows no case list.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import { buildDecoderGraph, graphLacks } from '../../models/onnx/decoder-graph.ts';
import { drawnFills, storedFills } from '../../models/onnx/weight-fills.ts';
import { writeModel } from '../../models/onnx/writer.ts';
import { retypedWeights } from '../../models/retyped-weights.ts';
import type { NoReference } from '../bench/decoder-run.ts';
import type { ReferenceRequest, ReferenceRun } from '../bench/forced-decoding.ts';
import { decoderIoOf } from '../onnx/decoder-io.ts';
import { type DecoderModel as OrtModel, ortRuntime } from '../onnx/decoder-session.ts';
import { inspectDecoder } from '../onnx/inspect-decoder.ts';
import { wasmReason } from '../onnx/limits.ts';
import { wasmReference } from '../onnx/reference-run.ts';
import type { OrtName } from '../onnx/runtime.ts';
import type { DecoderModel } from '../session/decoder-model.ts';
import type { PreparedDecoder } from '../session/decoder-runtimes.ts';

/** A decoder as an ONNX file, and the tokens its rotary tables hold. */
interface WrittenDecoder {
  readonly file: OrtModel;
  readonly positions: number;
  readonly nodes: number;
}

/** Rejects with a RangeError where there is no memory for the file. */
export async function writeDecoder(
  { prompt, newTokens, attention, heldout }: DecoderCase,
  model: DecoderModel,
): Promise<WrittenDecoder> {
  const { config, type } = model;
  const longest = Math.max(0, ...((await model.heldout(heldout))?.windows ?? []).map((tokens) => tokens.length));
  const positions = Math.max(prompt + newTokens, longest);
  // The same numbers either way: a seed draws them in the graph's own order.
  const weights = model.seed === null ? storedFills(model.weights) : drawnFills(model.seed);
  const graph = buildDecoderGraph(config, { type, attention: attention ?? 'plain', weights, positions });
  const file = { name: config.name, opsets: graph.opsets, io: decoderIoOf(config, type), ...(await writeModel(graph)) };
  return { file, positions, nodes: graph.nodes.length };
}

/** Rejects with a RangeError where there is no memory for the file. */
export async function prepareOrt(name: OrtName, item: DecoderCase, model: DecoderModel): Promise<PreparedDecoder> {
  const { file, positions, nodes } = await writeDecoder(item, model);
  const { abilities, open } = ortRuntime(name);
  return {
    abilities,
    open: (onProgress) => open({ model: file, positions, onProgress }),
    inspect: (tokens, hooks) => inspectDecoder(name, file, nodes, tokens, hooks),
    // The wasm provider cannot vouch for itself.
    ...(name === 'ort-wasm' ? {} : { reference: referenceOf(file, model) }),
  };
}

/** Follows a generation on the wasm provider with the very same file. */
export function referenceOf(file: OrtModel, { config, type }: DecoderModel): NonNullable<PreparedDecoder['reference']> {
  const reason = wasmReason(config, type);
  return async (request) => (reason ? { missing: `no wasm reference: ${reason}` } : wasmReference(file, request));
}

/** Follows any decoder's generation in f32 with its very weights, dequantised. */
export async function wasmReferenceOf(
  { config, weights, name }: DecoderModel,
  request: ReferenceRequest,
): Promise<ReferenceRun | NoReference> {
  const reason = graphLacks(config) ?? wasmReason(config, 'f32');
  if (reason) return { missing: `no wasm reference: ${reason}` };
  const graph = buildDecoderGraph(config, {
    ...{ type: 'f32', attention: 'plain', positions: request.prompt.length + request.newTokens },
    weights: storedFills(retypedWeights(weights, 'f32', 'onnx')),
  });
  const file = { name, opsets: graph.opsets, io: decoderIoOf(config, 'f32'), ...(await writeModel(graph)) };
  return wasmReference(file, request);
}
