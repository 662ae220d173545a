// A case whose kernel the tuner chooses: recalls the choice or makes it, then measures the chosen kernel like any other.
import { type SpacePoint, tuningSpace } from '../../kernels/tuned.ts';
import type { MeasurePlan } from '../bench/measure.ts';
import { type CaseHooks, type CaseOutcome, type TuningOutcome, unmeasured } from '../bench/outcome.ts';
import type { Options } from '../core/options.ts';
import { capsOf } from '../gpu/device.ts';
import { tuneKernel } from '../gpu/tune-kernel.ts';
import { recall, remember, type TuneStorage, tuneKey } from '../gpu/tune-memory.ts';
import type { Environment } from '../results/schema.ts';
import { runKernelCase } from './kernel-case.ts';
import type { Machine } from './machine.ts';
import { type RuledOut, settleChoice } from './settle-choice.ts';

/** Most time for choosing one kernel. */
export const TUNE_SECONDS = 5;

export async function runTunedCase(
  machine: Machine,
  id: string,
  options: Options,
  measurePlan: MeasurePlan,
  hooks: CaseHooks,
): Promise<CaseOutcome> {
  if (options.tune === 'off') return unmeasured('skipped', 'its kernel is the tuner’s choice: --tune off');
  const space = tuningSpace(id, capsOf(machine.device));
  const refused = space.flatMap(({ id: own, plan }) => (typeof plan === 'string' ? [`${own}: ${plan}`] : []));
  if (refused.length === space.length) return unmeasured('skipped', refused.join('\n'));
  const key = await tuneKey(id, space, machine.adapter, hostOf(machine.environment));
  const { tuneStorage: storage } = machine;
  return settleChoice({
    choose: (ruledOut) => chooseKernel(machine, { id, options, space, key, ruledOut }, measurePlan, hooks),
    measure: (chosen) => runKernelCase(machine, chosen, options.seed, measurePlan, hooks),
    remember: async (tuning) => storage && remember(storage, key, tuning),
  });
}

export interface Choice {
  readonly id: string;
  readonly options: Options;
  readonly space: readonly SpacePoint[];
  /** Of the memory. */
  readonly key: string;
  /** Kernels that are not to race again; where there are any, nothing is recalled. */
  readonly ruledOut: RuledOut;
}

/** The choice made earlier on this machine, or made now within TUNE_SECONDS. */
export async function chooseKernel(
  machine: Machine,
  { id, options, space, key, ruledOut }: Choice,
  { timer }: MeasurePlan,
  { signal, phase }: CaseHooks,
): Promise<TuningOutcome> {
  const storage: TuneStorage | undefined = machine.tuneStorage;
  const kept = options.tune === 'full' || ruledOut.size > 0 || !storage ? null : await recall(storage, key);
  if (kept && space.some((point) => point.id === kept.chosen)) return { ...kept, from: 'memory' };
  const raced = space.map((point) => ({ ...point, plan: ruledOut.get(point.id) ?? point.plan }));
  const table = await tuneKernel(machine.device, raced, {
    id,
    seed: options.seed,
    timer,
    budgetMs: 1000 * TUNE_SECONDS,
    isSoftware: machine.adapter.isSoftware,
    signal,
    phase,
  });
  return { ...table, from: 'race' };
}

/** What compiles the shaders. */
export function hostOf({ lane, browser, runtimes }: Environment): string {
  return lane === 'native' ? `webgpu ${runtimes.webgpu}` : `${browser.name} ${browser.version}`;
}
