// Measures any .onnx file: a decoder with Hugging Face's names as a decoder, anything else by the latency of one run on
// inputs made from its metadata. Knows no suite.
import type { ModelInfo } from '../../models/onnx/reader.ts';
import { type DecoderJob, runDecoder } from '../bench/decoder-run.ts';
import { GATE_RULES } from '../bench/gate-rule.ts';
import { seededPrompt } from '../bench/generate.ts';
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import { type DecoderIo, findDecoderIo } from './decoder-io.ts';
import { ortRuntime } from './decoder-session.ts';
import { inspectDecoder } from './inspect-decoder.ts';
import { checkModelFile, type NamedModel } from './open-model.ts';
import { runPlainModel } from './plain-model.ts';
import { wasmReference } from './reference-run.ts';
import type { ModelFileRequest } from './requests.ts';

const DECODER_PROMPT = 64;
const DECODER_NEW_TOKENS = 32;
const DECODER_REPEATS = 3;
/** Prompt tokens are drawn below this where the file leaves the vocabulary open. */
const SAFE_VOCAB = 256;

/** A UserError for a file that is no model, has an operator set too new, or needs a dimension that was not given. */
export async function runModelFile(request: ModelFileRequest, hooks: CaseHooks): Promise<CaseOutcome> {
  hooks.phase('read model', null);
  const bytes = new Uint8Array(request.bytes);
  const info = checkModelFile(bytes, request.name, request.external);
  const model = { name: request.name, model: bytes, opsets: info.opsets, external: request.external };
  const io = findDecoderIo(info);
  const outcome = io
    ? await runDecoderFile(request, model, info, io, hooks)
    : await runPlainModel(request, model, info, hooks);
  return {
    ...outcome,
    facts: {
      ...outcome.facts,
      model: request.name,
      modelBytes: bytes.length,
      opsets: Object.entries(info.opsets)
        .map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
        .join(', '),
      weights: 'as in the file',
    },
  };
}

/** `--dim sequence_length=N` sets the prompt's length. */
async function runDecoderFile(
  request: ModelFileRequest,
  named: NamedModel,
  info: ModelInfo,
  io: DecoderIo,
  hooks: CaseHooks,
): Promise<CaseOutcome> {
  const { runtime, seed, dims, repeats } = request;
  const model = { ...named, io };
  const prompt = seededPrompt(seed, dims.sequence_length ?? DECODER_PROMPT, io.vocab ?? SAFE_VOCAB);
  const generation = { prompt, newTokens: DECODER_NEW_TOKENS };
  hooks.phase('reference', null);
  const reference: DecoderJob['reference'] =
    runtime === 'ort-wasm'
      ? { missing: 'wasm is the reference; nothing independent knows this model' }
      : await wasmReference(model, { ...generation, signal: hooks.signal });
  const { abilities, open } = ortRuntime(runtime);
  const outcome = await runDecoder(
    {
      ...generation,
      abilities,
      open: (onProgress) => open({ model, positions: prompt.length + DECODER_NEW_TOKENS, onProgress }),
      repeats: repeats || DECODER_REPEATS,
      reference,
      rule: GATE_RULES[isCoarse(info, io) ? 'f16' : 'f32'],
      draws: null,
      heldout: null,
      detokenise: null,
      heapBytes: () => null,
    },
    hooks,
  );
  const seen = await inspectDecoder(runtime, model, info.nodes, prompt, hooks);
  return {
    ...outcome,
    ...seen,
    facts: { ...outcome.facts, ...seen.facts },
    warnings: [...outcome.warnings, ...(seen.warnings ?? [])],
  };
}

/** Half-precision activations, or quantised products whose activations a provider may round to 8 bits (accuracy_level 4). */
function isCoarse(info: ModelInfo, io: DecoderIo): boolean {
  return io.cacheType === 'float16' || 'com.microsoft:MatMulNBits' in info.operators;
}
