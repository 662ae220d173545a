// A case whose kernel the tuner chooses: recalls the choice or makes it, then measures the chosen kernel like any other.
import { type SpacePoint, tuningSpace } from '../../kernels/tuned.ts';
import type { MeasurePlan } from '../bench/measure.ts';
import type { CaseHooks, CaseOutcome, TunedCandidate, TuningOutcome } from '../bench/outcome.ts';
import type { Options } from '../core/options.ts';
import { capsOf } from '../gpu/device.ts';
import { tuneKernel } from '../gpu/tune-kernel.ts';
import { recall, remember, type TuneStorage, tuneKey } from '../gpu/tune-memory.ts';
import type { Environment } from '../results/schema.ts';
import { runKernelCase } from './kernel-case.ts';
import type { Machine } from './machine.ts';

/** Most time for choosing one kernel. */
export const TUNE_SECONDS = 5;
/** Chosen kernels that may turn out wrong at the longer check before the case is given up. */
const MOST_CHOICES = 3;

export async function runTunedCase(
  machine: Machine,
  id: string,
  options: Options,
  measurePlan: MeasurePlan,
  hooks: CaseHooks,
): Promise<CaseOutcome> {
  const bare = { metrics: [], facts: {}, warnings: [] };
  if (options.tune === 'off')
    return { ...bare, state: 'skipped', reason: 'its kernel is the tuner’s choice: --tune off' };
  const space = tuningSpace(id, capsOf(machine.device));
  const refused = space.flatMap(({ id: own, plan }) => (typeof plan === 'string' ? [`${own}: ${plan}`] : []));
  if (refused.length === space.length) return { ...bare, state: 'skipped', reason: refused.join('\n') };
  const key = await tuneKey(id, space, machine.adapter, hostOf(machine.environment));
  let tuning = await chooseKernel(machine, id, options, space, key, measurePlan, hooks);
  for (let i = 0; i < MOST_CHOICES && tuning.chosen !== null; i++) {
    const outcome = await runKernelCase(machine, tuning.chosen, options.seed, measurePlan, hooks);
    if (outcome.state === 'ok' && tuning.from === 'race' && machine.tuneStorage) {
      await remember(machine.tuneStorage, key, tuning);
    }
    if (outcome.state !== 'failed') return { ...outcome, tuning };
    tuning = withoutWrong(tuning, outcome.reason ?? 'disagrees with its f64 reference');
  }
  const reasons = tuning.candidates.flatMap(({ id: own, reason }) => (reason ? [`${own}: ${reason}`] : []));
  return { ...bare, state: 'failed', reason: ['no candidate could be measured', ...reasons].join('\n'), tuning };
}

/** The choice made earlier on this machine, or made now within TUNE_SECONDS. */
export async function chooseKernel(
  machine: Machine,
  id: string,
  options: Options,
  space: readonly SpacePoint[],
  key: string,
  { timer }: MeasurePlan,
  { signal, phase }: CaseHooks,
): Promise<TuningOutcome> {
  const storage: TuneStorage | undefined = machine.tuneStorage;
  const kept = options.tune === 'full' || !storage ? null : await recall(storage, key);
  if (kept && space.some((point) => point.id === kept.chosen)) return { ...kept, from: 'memory' };
  const table = await tuneKernel(machine.device, space, {
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

/** The same table with the chosen kernel found wrong, and the next fastest in its place. */
function withoutWrong(tuning: TuningOutcome, reason: string): TuningOutcome {
  const candidates = tuning.candidates.map(
    (entry): TunedCandidate => (entry.id === tuning.chosen ? { ...entry, state: 'wrong', reason } : entry),
  );
  const timed = candidates.filter(({ state, timeNs }) => state !== 'wrong' && timeNs !== undefined);
  const next = timed.sort((a, b) => a.timeNs! - b.timeNs!)[0];
  return {
    ...tuning,
    chosen: next?.id ?? null,
    candidates: candidates.map((entry) => (entry === next ? { ...entry, state: 'chosen' } : entry)),
  };
}

/** What compiles the shaders. */
export function hostOf({ lane, browser, runtimes }: Environment): string {
  return lane === 'native' ? `webgpu ${runtimes.webgpu}` : `${browser.name} ${browser.version}`;
}
