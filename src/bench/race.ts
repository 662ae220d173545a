// Finds the fastest of several executors by interleaved rounds: every block runs them forwards and backwards (ABBA), so that
// a drift of the machine hits all alike, and whoever is behind beyond doubt drops out. Knows no GPU.
import { differenceInterval, mean, pairedDifference } from '../stats/mean-difference.ts';
import type { BatchTime, Executor } from './executor.ts';
import type { TimerUse } from './measure.ts';

export interface Runner {
  readonly id: string;
  readonly executor: Executor;
  /** Repetitions in a batch. */
  readonly count: number;
}

export interface RaceSettings {
  readonly timer: TimerUse;
  /** No block begins after this, ms of `now`. */
  readonly deadlineMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface Standing {
  readonly id: string;
  /** ns an operation, a block. */
  readonly blocks: readonly number[];
  /** `equal`: not told apart from the winner within SAME; `open`: time ran out before it was. */
  readonly state: 'first' | 'slower' | 'equal' | 'open';
  /** Time over the winner's in the blocks they share, and its interval where there are enough blocks. */
  readonly ratio: number;
  readonly interval: { readonly lo: number; readonly hi: number } | null;
}

export interface RaceOutcome {
  /** In the order given. */
  readonly standings: readonly Standing[];
  /** `confident`: every other is slower, or the same within SAME. */
  readonly ended: 'confident' | 'deadline';
}

/** Differences below this share are not worth telling apart. */
const SAME = 0.01;
/** Blocks before a t interval may speak. */
const ENOUGH_BLOCKS = 3;
/** Two blocks suffice where both are behind by this factor. */
const HOPELESS = 1.25;
/** Two-sided; the chance that a drop is wrong is half of what is left. */
const CONFIDENCE = 0.9;

/** ns an operation. By wall clock the wait for completion is taken out, as it was probed: it is the same for all. */
export function perOperationNs({ gpuNs, wallNs }: BatchTime, count: number, timer: TimerUse): number {
  if (timer.kind === 'timestamp' && gpuNs !== null && gpuNs > 0) return gpuNs / count;
  return Math.max(wallNs - timer.completionNs, wallNs / 100) / count;
}

/** Resolves with every runner's standing; exactly one is `first`. Rejects with the signal's reason. */
export async function race(runners: readonly Runner[], settings: RaceSettings): Promise<RaceOutcome> {
  const blocks = new Map(runners.map(({ id }) => [id, [] as number[]]));
  let alive = [...runners];
  let ended: RaceOutcome['ended'] = 'confident';
  // One runner needs no race, only its figure.
  for (let block = 0; block === 0 || !isDecided(alive, blocks); block++) {
    if (block > 0 && settings.now() >= settings.deadlineMs) {
      ended = 'deadline';
      break;
    }
    await runBlock(alive, blocks, settings);
    const leader = leaderOf(alive, blocks);
    alive = alive.filter(({ id }) => id === leader || !isBehind(compare(blocks.get(id)!, blocks.get(leader)!)));
  }
  const winner = leaderOf(alive, blocks);
  const standings = runners.map(({ id }): Standing => {
    const own = blocks.get(id)!;
    if (id === winner) return { id, blocks: own, state: 'first', ratio: 1, interval: null };
    const against = compare(own, blocks.get(winner)!);
    const isIn = alive.some((runner) => runner.id === id);
    const state = !isIn ? 'slower' : isSame(against) ? 'equal' : 'open';
    return { id, blocks: own, state, ratio: against.ratio, interval: against.interval };
  });
  return { standings, ended };
}

async function runBlock(
  alive: readonly Runner[],
  blocks: ReadonlyMap<string, number[]>,
  { timer, signal }: RaceSettings,
): Promise<void> {
  const times = new Map(alive.map(({ id }) => [id, [] as number[]]));
  for (const { id, executor, count } of [...alive, ...[...alive].reverse()]) {
    signal.throwIfAborted();
    times.get(id)!.push(perOperationNs(await executor.runBatch(count), count, timer));
  }
  for (const [id, both] of times) blocks.get(id)!.push(mean(both));
}

interface Comparison {
  readonly ratio: number;
  readonly interval: { readonly lo: number; readonly hi: number } | null;
  /** Ratio of each block. */
  readonly each: readonly number[];
}

/** By pairs of one block, on the log scale. A runner that dropped out has the first blocks only. */
function compare(own: readonly number[], other: readonly number[]): Comparison {
  const logs = own.map((value, i) => Math.log(value / other[i]!));
  const each = logs.map(Math.exp);
  const ratio = Math.exp(mean(logs));
  if (logs.length < ENOUGH_BLOCKS) return { ratio, interval: null, each };
  const { lo, hi } = differenceInterval(pairedDifference(logs), CONFIDENCE);
  return { ratio, interval: { lo: Math.exp(lo), hi: Math.exp(hi) }, each };
}

function isBehind({ interval, each }: Comparison): boolean {
  if (each.length >= 2 && each.every((ratio) => ratio > HOPELESS)) return true;
  return interval !== null && interval.lo > 1;
}

function isSame({ interval }: Comparison): boolean {
  return interval !== null && interval.hi < 1 + SAME;
}

function isDecided(alive: readonly Runner[], blocks: ReadonlyMap<string, number[]>): boolean {
  const leader = leaderOf(alive, blocks);
  return alive.every(({ id }) => id === leader || isSame(compare(blocks.get(id)!, blocks.get(leader)!)));
}

/** Lowest mean log time; those alive have run the same blocks. */
function leaderOf(alive: readonly Runner[], blocks: ReadonlyMap<string, number[]>): string {
  const score = ({ id }: Runner): number => mean(blocks.get(id)!.map(Math.log));
  return alive.reduce((best, runner) => (score(runner) < score(best) ? runner : best)).id;
}
