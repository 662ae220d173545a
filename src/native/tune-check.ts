// Holds the tuner's choice against the best that an exhaustive sweep finds: every candidate, round after round, without a
// time limit; then the two alone, against each other.
import { type SpacePoint, tuningSpace } from '../../kernels/tuned.ts';
import type { TimerUse } from '../bench/measure.ts';
import type { TuningTable } from '../bench/outcome.ts';
import { perOperationNs, type Runner, race } from '../bench/race.ts';
import { capsOf } from '../gpu/device.ts';
import { InputPool } from '../gpu/kernel-buffers.ts';
import { type KernelRun, openKernel } from '../gpu/kernel-executor.ts';
import { tuneKernel } from '../gpu/tune-kernel.ts';
import { timerUse } from '../session/measure-plans.ts';
import { TUNE_SECONDS } from '../session/tuned-case.ts';
import { type NativeMachine, openNativeMachine } from './machine.ts';

export interface TuneCheck {
  readonly id: string;
  readonly table: TuningTable;
  /** Candidates that passed their check and were timed in the sweep. */
  readonly swept: number;
  readonly sweepSeconds: number;
  /** The sweep's fastest, null where nothing ran. */
  readonly best: string | null;
  /** Time of the tuner's choice over the sweep's best, run against each other; 1 where they are the same kernel. */
  readonly ratio: number;
  readonly interval: { readonly lo: number; readonly hi: number } | null;
}

const SEED = 1;
const CHECK_SECONDS = 0.03;
const ROUNDS = 7;
/** A candidate's turn in a round, and one in the final. */
const TURN_NS = 10e6;
const FINAL_MS = 4000;

/** Nothing is remembered. Throws a UserError for an id that names no tuned case. */
export async function checkTuning(ids: readonly string[], onCheck: (check: TuneCheck) => void): Promise<string> {
  const machine = await openNativeMachine();
  try {
    for (const id of ids) onCheck(await checkOne(machine, id));
    return machine.adapter.description;
  } finally {
    machine.device.destroy();
  }
}

async function checkOne(machine: NativeMachine, id: string): Promise<TuneCheck> {
  const { device, adapter } = machine;
  const space = tuningSpace(id, capsOf(device));
  const timer = timerUse(machine.timer);
  const rotate = !adapter.isSoftware;
  const signal = new AbortController().signal;
  const { isSoftware } = adapter;
  const settings = { id, seed: SEED, timer, budgetMs: 1000 * TUNE_SECONDS, isSoftware, signal, phase: () => {} };
  const table = await tuneKernel(device, space, settings);
  const began = performance.now();
  const pool = new InputPool(id);
  const runs = await openAll(device, space, pool, rotate);
  try {
    const best = await sweep(runs, timer);
    const sweepSeconds = (performance.now() - began) / 1e3;
    const final = await headToHead(runs, table.chosen, best, timer);
    return { id, table, swept: runs.size, sweepSeconds, best, ...final };
  } finally {
    for (const run of runs.values()) run.close();
    pool.close();
  }
}

/** Every legal candidate whose answer is right. */
async function openAll(
  device: GPUDevice,
  space: readonly SpacePoint[],
  pool: InputPool,
  rotate: boolean,
): Promise<Map<string, KernelRun>> {
  const runs = new Map<string, KernelRun>();
  for (const { id, plan } of space) {
    if (typeof plan === 'string') continue;
    const run = await openKernel(device, plan, { seed: SEED, id, rotate, pool }).catch(() => null);
    if (!run) continue;
    if ((await run.verify(CHECK_SECONDS)).state === 'passed') runs.set(id, run);
    else run.close();
  }
  return runs;
}

/** Lowest median of ROUNDS rounds, each of which runs every candidate once. */
async function sweep(runs: ReadonlyMap<string, KernelRun>, timer: TimerUse): Promise<string | null> {
  const times = new Map<string, number[]>([...runs.keys()].map((id) => [id, []]));
  const counts = new Map<string, number>();
  for (const [id, run] of runs) counts.set(id, await countFor(run, timer));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [id, run] of round % 2 === 0 ? runs : [...runs].reverse()) {
      const count = counts.get(id)!;
      times.get(id)!.push(perOperationNs(await run.runBatch(count), count, timer));
    }
  }
  const medians = [...times].map(([id, list]) => ({ id, ns: list.toSorted((a, b) => a - b)[ROUNDS >> 1]! }));
  return medians.toSorted((a, b) => a.ns - b.ns)[0]?.id ?? null;
}

async function countFor(run: KernelRun, timer: TimerUse): Promise<number> {
  let count = 1;
  for (let i = 0; i < 3; i++) {
    const ns = perOperationNs(await run.runBatch(count), count, timer);
    count = Math.min(4096, Math.max(1, Math.ceil(TURN_NS / ns)));
  }
  return count;
}

async function headToHead(
  runs: ReadonlyMap<string, KernelRun>,
  chosen: string | null,
  best: string | null,
  timer: TimerUse,
): Promise<Pick<TuneCheck, 'ratio' | 'interval'>> {
  const [first, second] = [runs.get(chosen ?? ''), runs.get(best ?? '')];
  if (!first || !second) return { ratio: Number.POSITIVE_INFINITY, interval: null };
  if (first === second) return { ratio: 1, interval: null };
  const runner = async (id: string, executor: KernelRun): Promise<Runner> => ({
    id,
    executor,
    count: await countFor(executor, timer),
  });
  const now = () => performance.now();
  const { standings } = await race([await runner('chosen', first), await runner('best', second)], {
    timer,
    deadlineMs: now() + FINAL_MS,
    now,
    signal: new AbortController().signal,
  });
  const own = standings.find(({ id }) => id === 'chosen')!;
  if (own.state !== 'first') return { ratio: own.ratio, interval: own.interval };
  const { ratio, interval } = standings.find(({ id }) => id === 'best')!;
  return { ratio: 1 / ratio, interval: interval && { lo: 1 / interval.hi, hi: 1 / interval.lo } };
}
