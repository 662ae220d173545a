// Decoder ids as cases that a session can run, in any lane.
import {
  acceptsDecoderId,
  type DecoderCase,
  knownFault,
  listDecoderCases,
  onnxProvider,
  parseDecoderCase,
  TINY,
} from '../../models/decoder-cases.ts';
import { decodeCost } from '../../models/decoder-cost.ts';
import { DECODER_REPEATS, dispatchesPerRun, estimateDecoderCost } from '../../models/decoder-estimate.ts';
import { HELDOUT_CONTEXT, HELDOUT_WINDOWS } from '../../models/tiny/tiny-config.ts';
import type { CaseOutcome } from '../bench/outcome.ts';
import type { Options } from '../core/options.ts';
import { isCpuRuntime } from '../core/runtimes.ts';
import type { Work } from '../core/sealed-prediction.ts';
import type { Row } from '../results/schema.ts';
import type { CaseKind } from './case-kind.ts';
import { runDecoderCase } from './decoder-case.ts';
import { configOf } from './decoder-model.ts';
import type { DecoderLane } from './decoder-runtimes.ts';
import { decoderSeconds, speedsOf } from './estimate.ts';
import type { Machine } from './machine.ts';
import { createReferences, type References } from './references.ts';
import type { SessionCase } from './run-session.ts';

/** Share of `--budget`: a decoder runs whole generations. */
export const DECODER_SHARE = 3;
/** Warm generations when time allows: the fewest that give a median an interval. */
const MOST_GENERATIONS = 6;

/** With the runtimes a lane has; references are shared by all cases made from it. */
export function decoderCases(lane: DecoderLane): CaseKind {
  const references = createReferences();
  return {
    prefix: 'model/',
    list: () => listDecoderCases().filter(({ id }) => lane.missing(parseDecoderCase(id).runtime) === null),
    accepts: acceptsDecoderId,
    toCase: (id, machine, options) => decoderCase(id, machine, options, lane, references),
  };
}

function decoderCase(
  id: string,
  machine: Machine,
  options: Options,
  lane: DecoderLane,
  references: References,
): SessionCase {
  const item = parseDecoderCase(id);
  const { isSoftware } = machine.adapter;
  const windows = item.model !== TINY ? 0 : item.heldout === 'whole' ? HELDOUT_WINDOWS : item.heldout;
  const secondsOf = (repeats: number, rows: readonly Row[]): number => {
    const heldout = { windows, context: HELDOUT_CONTEXT };
    const cost = estimateDecoderCost(item, configOf(item), repeats, heldout);
    return decoderSeconds(cost, item.runtime, isSoftware, speedsOf(rows, isSoftware));
  };
  const repeatsFor = (rows: readonly Row[]): number => {
    if (options.samples > 0) return options.samples;
    let repeats = MOST_GENERATIONS;
    while (repeats > DECODER_REPEATS && secondsOf(repeats, rows) > options.budget) repeats--;
    return repeats;
  };
  return {
    id,
    kind: 'decoder',
    knownFault: knownFault(id, isSoftware),
    budgetShare: DECODER_SHARE,
    estimate: (rows) => (lane.missing(item.runtime) ? 0 : secondsOf(repeatsFor(rows), rows)),
    work: () => workOf(item),
    run: async (current, hooks, rows) => {
      const request = { item, seed: options.seed, repeats: repeatsFor(rows), lane, machine: current, references };
      return onSameAdapter(await runDecoderCase(request, hooks), current);
    },
  };
}

/** A decode step halfway through the new tokens; null on a CPU, which the GPU's probes say nothing of. */
function workOf(item: DecoderCase): Work | null {
  if (isCpuRuntime(item.runtime)) return null;
  const config = configOf(item);
  const { flops, bytes } = decodeCost(config, item.type, item.prompt + item.newTokens / 2);
  const dispatches =
    onnxProvider(item.runtime) === 'ort-webgpu' ? dispatchesPerRun(config, item.attention ?? 'plain') : 0;
  return { flops, bytes, dispatches };
}

/** onnxruntime-web opens a device of its own; on a machine with two GPUs it need not be ours. */
export function onSameAdapter(outcome: CaseOutcome, { adapter }: Machine): CaseOutcome {
  const ours = [adapter.vendor, adapter.architecture, adapter.device].filter((part) => part !== '').join(' ');
  const theirs = outcome.facts.gpuAdapter;
  if (theirs === undefined || theirs === ours) return outcome;
  return { ...outcome, warnings: [...outcome.warnings, { name: 'other-adapter', detail: `${theirs}, not ${ours}` }] };
}
