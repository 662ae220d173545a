// A decoder from model files as cases that a session can run: on every runtime of the lane, in the type the file has.
// Knows no runtime.
import { type DecoderCase, decoderCaseId, MODEL_RUNTIMES, readsOnnx } from '../../models/decoder-cases.ts';
import type { WeightType } from '../../models/decoder-cost.ts';
import { parameterCount } from '../../models/decoders.ts';
import type { LoadedModel } from '../../models/files/model-files.ts';
import { retypedWeights } from '../../models/retyped-weights.ts';
import { seededPrompt } from '../bench/generate.ts';
import type { Options } from '../core/options.ts';
import { runDecoderCase } from './decoder-case.ts';
import { onSameAdapter } from './decoder-cases.ts';
import type { DecoderModel } from './decoder-model.ts';
import type { DecoderLane } from './decoder-runtimes.ts';
import type { Machine } from './machine.ts';
import { createReferences } from './references.ts';
import type { SessionCase } from './run-session.ts';

const PROMPT = 64;
const NEW_TOKENS = 32;
const REPEATS = 6;

/** Its cost is known from its shape, but a person asked for this very model: the budget does not apply. */
export async function fileDecoderCases(
  loaded: LoadedModel,
  lane: DecoderLane,
  machine: Machine,
  options: Options,
): Promise<SessionCase[]> {
  const type = await typeFor(loaded, machine);
  const references = createReferences();
  const prompt = await promptOf(loaded, options.seed);
  const runtimes = MODEL_RUNTIMES.filter((runtime) => lane.missing(runtime) === null);
  return runtimes.map((runtime) => {
    const item: DecoderCase = {
      ...{ runtime, model: loaded.name, prompt: PROMPT, newTokens: NEW_TOKENS, type, heldout: 1, batch: 1 },
      temperature: 0,
      attention: readsOnnx(runtime) ? 'plain' : null,
    };
    return {
      id: decoderCaseId({ ...item, model: loaded.name.replace(/[^\w.+-]+/g, '_') }).replace(/^model\//, 'file/'),
      kind: 'decoder',
      knownFault: null,
      budgetShare: 1,
      estimate: () => 0,
      run: async (current, hooks) => {
        const model = modelOf(loaded, type, runtime === 'wgsl' ? 'int8' : 'onnx', prompt);
        const repeats = options.samples || REPEATS;
        const request = { item, model, seed: options.seed, repeats, lane, machine: current, references };
        return onSameAdapter(await runDecoderCase(request, hooks), current);
      },
    };
  });
}

/**
 * The file's own type as kernels have it; halves are widened where the device computes in none. Numbers of f32 out of fewer
 * than two bytes each come from ggml's K blocks: halves hold them to 2^−11, far below what those blocks resolve.
 */
async function typeFor({ weights, weightBytes }: LoadedModel, { device }: Machine): Promise<WeightType> {
  const name = weights.names.find((item) => item.endsWith('.q_proj.weight')) ?? weights.names[0]!;
  const { type } = (await weights.tensor(name)).values;
  const fromBlocks = type === 'f32' && weightBytes < 2 * parameterCount(weights.config);
  if (type !== 'f16' && type !== 'bf16' && !fromBlocks) return type;
  return device.features.has('shader-f16') ? 'f16' : 'f32';
}

/** Text of the repository's own held-out plays where there is a tokenizer, else random tokens. */
async function promptOf({ tokenizer, weights }: LoadedModel, seed: number): Promise<readonly number[]> {
  if (!tokenizer) return seededPrompt(seed, PROMPT, weights.config.vocab);
  const { heldoutPrompt, textOf } = await import('../../models/tiny/heldout.ts');
  const tokens = tokenizer.encode(textOf(heldoutPrompt(8 * PROMPT)));
  return [...(tokenizer.addsBos && tokenizer.bos !== null ? [tokenizer.bos] : []), ...tokens].slice(0, PROMPT);
}

function modelOf(
  { name, weights, tokenizer, weightBytes }: LoadedModel,
  type: WeightType,
  tables: 'int8' | 'onnx',
  prompt: readonly number[],
): DecoderModel {
  return {
    ...{ name, type, config: weights.config, origin: 'as in the file', seed: null, fileBytes: weightBytes },
    key: ['file', name, type, type === 'int4' ? tables : ''].join(' '),
    weights: retypedWeights(weights, type, tables),
    prompt: (tokens) => prompt.slice(0, tokens),
    detokenise: tokenizer && ((tokens) => tokenizer.decode(tokens)),
    heldout: async () => null,
  };
}
