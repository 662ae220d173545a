// The tuner on a GPU: the candidates of one kernel at one shape, each verified before it is timed, over inputs they share.
import type { SpacePoint } from '../../kernels/tuned.ts';
import type { TimerUse } from '../bench/measure.ts';
import type { TunedCandidate, TuningTable } from '../bench/outcome.ts';
import { InputPool } from './kernel-buffers.ts';
import { openKernel } from './kernel-executor.ts';
import { pipelineFor } from './pipelines.ts';
import { type OpenedCandidate, tune } from './tune.ts';

export interface TuneKernelSettings {
  /** The tuned case's id: the stream of the shared inputs. */
  readonly id: string;
  readonly seed: number;
  readonly timer: TimerUse;
  readonly budgetMs: number;
  /** Work before anything counts, ms. */
  readonly warmMs: number;
  /** Cycle through copies of what the plans mark `rotates`. */
  readonly rotate: boolean;
  readonly signal: AbortSignal;
  readonly phase: (name: string, fraction: number | null) => void;
}

/** Seconds for the reference of one candidate; the chosen one is checked at length when it is measured. */
const CHECK_SECONDS = 0.03;

/** Rejects with the signal's reason. */
export async function tuneKernel(
  device: GPUDevice,
  space: readonly SpacePoint[],
  settings: TuneKernelSettings,
): Promise<TuningTable> {
  const { id, seed, rotate } = settings;
  const pool = new InputPool(id);
  const plans = new Map(space.map((point) => [point.id, point.plan]));
  const open = async (candidate: { readonly id: string }): Promise<OpenedCandidate> => {
    const plan = plans.get(candidate.id)!;
    if (typeof plan === 'string') return { state: 'illegal', reason: plan };
    const run = await openKernel(device, plan, { seed, id: candidate.id, rotate, pool });
    try {
      const { state, detail } = await run.verify(CHECK_SECONDS);
      if (state === 'passed') return { state: 'ready', executor: run, close: run.close };
      run.close();
      return { state: 'wrong', reason: `disagrees with its f64 reference: ${worstOf(detail)}` };
    } catch (error) {
      run.close();
      throw error;
    }
  };
  const compile = async ({ id: own }: { readonly id: string }): Promise<void> => {
    const plan = plans.get(own)!;
    if (typeof plan !== 'string') await Promise.all(plan.dispatches.map(({ shader }) => pipelineFor(device, shader)));
  };
  const legal = space.filter(({ plan }) => typeof plan !== 'string');
  try {
    const table = await tune(legal, { ...settings, compile, open });
    const timed = new Map(table.candidates.map((entry) => [entry.id, entry]));
    const candidates = space.map(
      ({ id: own, plan }): TunedCandidate => timed.get(own) ?? { id: own, state: 'illegal', reason: String(plan) },
    );
    return { ...table, candidates };
  } finally {
    pool.close();
  }
}

/** The line of the worst element in a verification's table. */
function worstOf(detail: string | undefined): string {
  return (detail?.split('\n')[2] ?? '').trim().replace(/\s+/g, ' ');
}
