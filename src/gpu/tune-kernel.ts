// The tuner on a GPU: the candidates of one kernel at one shape, each verified before it is timed, over inputs they share.
import type { KernelPlan } from '../../kernels/family.ts';
import type { SpacePoint } from '../../kernels/tuned.ts';
import type { TimerUse } from '../bench/measure.ts';
import type { TunedCandidate, TuningTable } from '../bench/outcome.ts';
import { perOperationNs } from '../bench/race.ts';
import { copiesOf, InputPool } from './kernel-buffers.ts';
import { openKernel } from './kernel-executor.ts';
import { pipelineFor } from './pipelines.ts';
import { OutOfMemory } from './scopes.ts';
import { type OpenedCandidate, PART, tune } from './tune.ts';
import type { Candidate } from './tune-order.ts';

export interface TuneKernelSettings {
  /** The tuned case's id: the stream of the shared inputs. */
  readonly id: string;
  readonly seed: number;
  readonly timer: TimerUse;
  readonly budgetMs: number;
  readonly isSoftware: boolean;
  readonly signal: AbortSignal;
  readonly phase: (name: string, fraction: number | null) => void;
}

/** Seconds for the reference of one candidate; the chosen one is checked at length when it is measured. */
const CHECK_SECONDS = 0.03;
/** The clocks of an idle GPU are low at first. A software adapter has none, and compiles on the cores it runs on. */
const ON_GPU = { warmMs: 100, compiledAtOnce: 4 };
const ON_SOFTWARE = { warmMs: 0, compiledAtOnce: 2 };

/**
 * Where the device has no room for copies of the weights, all candidates are tuned without: a time over cold weights and one
 * over warm ones say nothing of each other. Rejects with the signal's reason.
 */
export async function tuneKernel(
  device: GPUDevice,
  space: readonly SpacePoint[],
  settings: TuneKernelSettings,
): Promise<TuningTable> {
  if (!settings.isSoftware && space.some(({ plan }) => typeof plan !== 'string' && copiesOf(plan) > 1)) {
    const full = new AbortController();
    try {
      const signal = AbortSignal.any([settings.signal, full.signal]);
      return await tuneOver(device, space, { ...settings, signal }, { rotate: true, outOfMemory: () => full.abort() });
    } catch (error) {
      if (!full.signal.aborted) throw error;
    }
  }
  return tuneOver(device, space, settings, { rotate: false, outOfMemory: () => {} });
}

interface Memory {
  readonly rotate: boolean;
  outOfMemory(): void;
}

async function tuneOver(
  device: GPUDevice,
  space: readonly SpacePoint[],
  settings: TuneKernelSettings,
  { rotate, outOfMemory }: Memory,
): Promise<TuningTable> {
  const { id, seed, isSoftware } = settings;
  const pool = new InputPool(id);
  const plans = new Map(space.map((point) => [point.id, point.plan]));
  const open = async ({ id: own }: Candidate): Promise<OpenedCandidate> => {
    const plan = plans.get(own)! as KernelPlan;
    const run = await openKernel(device, plan, { seed, id: own, rotate, pool }).catch((error) => {
      if (error instanceof OutOfMemory) outOfMemory();
      throw error;
    });
    return {
      executor: run,
      part: async () => perOperationNs(await run.runPart(PART), 1, settings.timer),
      verify: async () => {
        const { state, detail } = await run.verify(CHECK_SECONDS);
        return state === 'passed' ? null : `disagrees with its f64 reference: ${worstOf(detail)}`;
      },
      close: run.close,
    };
  };
  const compile = async ({ id: own }: Candidate): Promise<void> => {
    const plan = plans.get(own)! as KernelPlan;
    await Promise.all(plan.dispatches.map(({ shader }) => pipelineFor(device, shader)));
  };
  const legal = space
    .filter(({ plan }) => typeof plan !== 'string')
    .map((point) => ({ ...point, late: isSoftware && hasBarrier(point.plan as KernelPlan) }));
  const effort = isSoftware ? ON_SOFTWARE : ON_GPU;
  try {
    const table = await tune(legal, { ...settings, ...effort, compile, open });
    const timed = new Map(table.candidates.map((entry) => [entry.id, entry]));
    const candidates = space.map(
      ({ id: own, plan }): TunedCandidate => timed.get(own) ?? { id: own, state: 'illegal', reason: String(plan) },
    );
    return { ...table, candidates };
  } finally {
    pool.close();
  }
}

/** A software adapter runs a barrier by switching between all invocations: slow, and slow to compile. */
function hasBarrier({ dispatches }: KernelPlan): boolean {
  return dispatches.some(({ shader }) => shader.source.includes('workgroupBarrier'));
}

/** The line of the worst element in a verification's table. */
function worstOf(detail: string | undefined): string {
  return (detail?.split('\n')[2] ?? '').trim().replace(/\s+/g, ' ');
}
