// The conformance suite of decoding runtimes on the smallest model, in any lane. Knows no runtime.
import { type ModelRuntime, parseDecoderCase, readsOnnx } from '../../models/decoder-cases.ts';
import type { WeightType } from '../../models/decoder-cost.ts';
import { checkRuntime, type RuntimeCheck } from '../bench/decoder-conformance.ts';
import type { DecoderRuntime } from '../bench/decoder-runtime.ts';
import { GATE_RULES } from '../bench/gate-rule.ts';
import { configOf, type DecoderModel, loadDecoderModel } from './decoder-model.ts';
import type { DecoderLane } from './decoder-runtimes.ts';
import { f64Reference } from './f64-reference.ts';
import type { Machine } from './machine.ts';

/** Seeded, so that a different order of sums cannot change a token by chance from one run to the next. */
const SEED = 1;

/** One check that says so where the lane lacks the runtime or the machine its limits. */
export async function runtimeChecks(
  runtime: ModelRuntime,
  type: WeightType,
  lane: DecoderLane,
  machine: Machine,
  signal: AbortSignal,
): Promise<RuntimeCheck[]> {
  if (readsOnnx(runtime) && type === 'int8') {
    return [{ name: 'opens', state: 'skipped', detail: 'our ONNX graphs have no int8' }];
  }
  const id = `model/${runtime}/test-4x128:prompt=12;new=8;type=${type}`;
  const item = parseDecoderCase(readsOnnx(runtime) ? `${id};attention=plain` : id);
  const reason = lane.missing(runtime) ?? lane.limit(item, configOf(item), machine);
  if (reason) return [{ name: 'opens', state: 'skipped', detail: reason }];
  const model = await loadDecoderModel(item, SEED, lane.openTiny);
  const prompt = model.prompt(item.prompt);
  const reference = await f64Reference(model.weights, { prompt, newTokens: item.newTokens, signal });
  if (!reference) throw new Error(`${model.name} is too large for the f64 decoder`);
  const { abilities, open } = await lane.prepare(item, model, machine);
  const subject: DecoderRuntime<DecoderModel> = {
    name: runtime,
    abilities,
    open: ({ onProgress = () => {} }) => open(onProgress),
  };
  return checkRuntime({ runtime: subject, model, reference, rule: GATE_RULES[type], signal });
}
